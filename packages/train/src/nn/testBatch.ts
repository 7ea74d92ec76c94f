/** A tiny architecture with random weights and a made-up batch with images, for tests of the training core. */
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { mropePositions } from '@agentiad/core/model/positions.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import { tinyConfig } from '@agentiad/core/model/tinyConfig.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { SftBatch } from '../sft/batch.ts';
import { LORA_MODULES, type LoraSettings } from './lora.ts';
import type { TrainingModel, TrainingModelOptions } from './trainingModel.ts';
import { createTrainingModel } from './trainingModel.ts';

export const TEST_CONFIG = tinyConfig();
export const TEST_LORA: LoraSettings = { rank: 3, alpha: 6, modules: LORA_MODULES, seed: 5 };

const processor = parseProcessorConfig({ patch_size: 2, merge_size: 2, temporal_patch_size: 2 });
const grid = { height: 4, width: 6 };
const imageTokens = 6;

/** Two sequences, the first with an image, padded to `width`; a few targets in each. */
export function testBatch(width = 16, config: ModelConfig = TEST_CONFIG): SftBatch {
  const random = createRandom(2);
  const lengths = [14, 9];
  const ids = new Int32Array(2 * width);
  const positionIds = new Int32Array(3 * 2 * width);
  lengths.forEach((length, row) => {
    const own = Int32Array.from({ length }, (_, t) =>
      row === 0 && t >= 2 && t < 2 + imageTokens ? config.special.image : (t * 7 + row) % 30,
    );
    ids.set(own, row * width);
    const { ids: positions } = mropePositions(own, row === 0 ? [grid] : [], config);
    for (let axis = 0; axis < 3; axis++) {
      positionIds.set(positions.subarray(axis * length, (axis + 1) * length), (axis * 2 + row) * width);
    }
  });
  const predictFrom = Int32Array.of(9, 10, 12, width + 3, width + 7);
  return {
    ids,
    positionIds,
    lengths,
    pixelValues: Float32Array.from({ length: 24 * config.vision.patchDim }, () => random.normal()),
    grids: [grid],
    imagePositions: Int32Array.from({ length: imageTokens }, (_, i) => 2 + i),
    predictFrom,
    targets: predictFrom.map((from) => ids[from + 1]!),
  };
}

/** With random weights. The factors B of an adapter are made non-zero: with zeros half of the gradients vanish. */
export async function testModel(changes: Partial<TrainingModelOptions> = {}): Promise<TrainingModel> {
  const { config = TEST_CONFIG } = changes;
  const weights = createRandomWeights(config, 3);
  const model = await createTrainingModel({ config, processor, weights, frozen: 'none', ...changes });
  const random = createRandom(6);
  for (const { name, from, to } of model.spans) {
    if (!name.includes('.lora_B.')) continue;
    for (let i = from; i < to; i++) model.values[i] = 0.3 * random.normal();
  }
  model.upload();
  return model;
}
