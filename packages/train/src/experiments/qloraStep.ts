/**
 * One fine-tuning step of an adapter on an int4 base, at the exact shape of Qwen2.5-VL-3B with random weights: time, share
 * of the adapter's own float32 matmul ceiling, memory, and how many dequantised matrices were alive. Needs WebGPU. From
 * the repository root (about 10 minutes of packing on one core; `--layers 1` measures one layer of each tower):
 *
 *     npx tsx packages/train/src/experiments/qloraStep.ts [--layers 1] [--tokens 1500] [--trained 300] [--rank 16] [--patches 42]
 */
import { parseArgs } from 'node:util';
import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { inferenceFlops } from '@agentiad/core/model/flops.ts';
import { parameterShapes } from '@agentiad/core/model/params.ts';
import { imageTokens, mropePositions } from '@agentiad/core/model/positions.ts';
import type { WeightSource } from '@agentiad/core/model/weightSource.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { config3b, oneLayer } from '../bench/shapes.ts';
import { selectBackend } from '../host/backend.ts';
import { LORA_MODULES } from '../nn/lora.ts';
import { widened } from '../nn/packedMatrix.ts';
import { createTrainingModel } from '../nn/trainingModel.ts';
import { ADAMW_DEFAULTS } from '../optim/adamw.ts';
import { createUpdater } from '../optim/updater.ts';
import type { SftBatch } from '../sft/batch.ts';
import { negativeLogLikelihood } from '../sft/objective.ts';

const TIMED_STEPS = 3;
const POOL = 1 << 20;
const FIRST_IMAGE_TOKEN = 10;

/** Values of about 1 / sqrt(columns), repeated from a small pool: random ones would take longer than the step. */
function quickWeights(config: ModelConfig): WeightSource {
  const random = createRandom(1);
  const pool = Float32Array.from({ length: POOL }, () => 2 * random.next() - 1);
  const shapes = parameterShapes(config);
  return {
    tensors: new Map([...shapes].map(([name, shape]) => [name, { shape, dtype: 'F32' }])),
    read: async (name) => {
      const shape = shapes.get(name)!;
      const size = shape.reduce((product, side) => product * side, 1);
      if (shape.length === 1) return new Float32Array(size).fill(name.endsWith('.bias') ? 0 : 1);
      const values = new Float32Array(size);
      for (let at = 0; at < size; at += POOL) values.set(pool.subarray(0, Math.min(POOL, size - at)), at);
      const scale = Math.sqrt((3 * shape[0]!) / size);
      for (let i = 0; i < size; i++) values[i]! *= scale;
      return values;
    },
  };
}

/** One sample with one image of `side` x `side` patches; the last `trained` tokens are targets. */
function makeBatch(config: ModelConfig, tokens: number, trained: number, side: number): SftBatch {
  const grid = { height: side, width: side };
  const run = imageTokens(grid, config.vision.mergeSize);
  const ids = Int32Array.from({ length: tokens }, (_, t) =>
    t >= FIRST_IMAGE_TOKEN && t < FIRST_IMAGE_TOKEN + run ? config.special.image : 100 + t,
  );
  const random = createRandom(2);
  const predictFrom = Int32Array.from({ length: trained }, (_, i) => tokens - 1 - trained + i);
  return {
    ids,
    positionIds: mropePositions(ids, [grid], config).ids,
    lengths: [tokens],
    pixelValues: Float32Array.from({ length: grid.height * grid.width * config.vision.patchDim }, () =>
      random.normal(),
    ),
    grids: [grid],
    imagePositions: Int32Array.from({ length: run }, (_, i) => FIRST_IMAGE_TOKEN + i),
    predictFrom,
    targets: predictFrom.map((from) => ids[from + 1]!),
  };
}

/** Vision once; language and head forwards, again for the gradient, and backwards to the inputs: weights are frozen. */
function stepFlops(config: ModelConfig, { ids, grids, targets }: SftBatch): number {
  const { vision, language } = inferenceFlops(config, {
    promptTokens: ids.length,
    generatedTokens: 0,
    imageGrids: grids,
  });
  return vision + 3 * (language + 2 * targets.length * config.text.hiddenSize * config.text.vocabSize);
}

/** TFLOP/s of the backend's own float32 product at the size of the MLP. */
async function matmulCeiling(tokens: number): Promise<number> {
  const [a, b] = [tf.randomUniform<tf.Rank.R2>([tokens, 2048]), tf.randomUniform<tf.Rank.R2>([2048, 11008])];
  const time = async (count: number) => {
    const started = performance.now();
    let last = tf.matMul(a, b);
    for (let i = 1; i < count; i++) {
      last.dispose();
      last = tf.matMul(a, b);
    }
    const end = tf.slice(last, [0, 0], [1, 1]);
    await end.data();
    tf.dispose([last, end]);
    return performance.now() - started;
  };
  await time(2);
  const seconds = ((await time(24)) - (await time(4))) / 20 / 1000;
  tf.dispose([a, b]);
  return (2 * tokens * 2048 * 11008) / seconds / 1e12;
}

const { values: flags } = parseArgs({
  options: {
    layers: { type: 'string' },
    tokens: { type: 'string', default: '1500' },
    trained: { type: 'string', default: '300' },
    patches: { type: 'string', default: '42' },
    rank: { type: 'string', default: '16' },
  },
});
const selected = await selectBackend('webgpu');
const config = flags.layers === '1' ? oneLayer(config3b()) : config3b();
const batch = makeBatch(config, Number(flags.tokens), Number(flags.trained), Number(flags.patches));
const ceiling = await matmulCeiling(batch.ids.length);
const rank = Number(flags.rank);
const model = await createTrainingModel({
  config,
  processor: parseProcessorConfig({}),
  weights: quickWeights(config),
  frozen: 'base',
  adapter: { rank, alpha: 2 * rank, modules: LORA_MODULES, seed: 1 },
  base: 'q4',
});
const updater = createUpdater(model, ADAMW_DEFAULTS);
const step = async () => {
  const { loss } = await updater.add(batch, negativeLogLikelihood(batch.targets.length));
  await updater.update(1e-4, 1);
  return loss;
};
await step(); // compiles the programs
const started = performance.now();
let loss = 0;
for (let i = 0; i < TIMED_STEPS; i++) loss = await step();
const seconds = (performance.now() - started) / 1000 / TIMED_STEPS;
const rate = stepFlops(config, batch) / seconds / 1e12;
const backend = tf.backend() as unknown as WebGPUBackend;
const report = {
  adapter: selected.adapter,
  layers: config.text.layers,
  tokens: batch.ids.length,
  trained: batch.targets.length,
  rank,
  loss,
  secondsPerStep: seconds,
  tflops: rate,
  matmulTflops: ceiling,
  shareOfMatmul: rate / ceiling,
  gpuBytesAllocated: backend.bufferManager.numBytesAllocated,
  dequantisedMatricesAlive: widened.most,
};
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
await updater.finish();
model.dispose();
await selected.dispose();
