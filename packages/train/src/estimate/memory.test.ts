import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { nanoProcessorConfig } from '../nano/folder.ts';
import { TINY_SIZES, tinyNanoFiles } from '../nano/tinyNano.ts';
import { gradients } from '../nn/gradients.ts';
import type { LoraSettings } from '../nn/lora.ts';
import { LORA_MODULES } from '../nn/lora.ts';
import { createTrainingModel } from '../nn/trainingModel.ts';
import { buildBatch } from '../sft/batch.ts';
import { negativeLogLikelihood } from '../sft/objective.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { peakBytes, trainingMemory } from './memory.ts';

const json = JSON.parse(tinyNanoFiles().get('config.json')!) as object;
const config = parseModelConfig({ ...json, intermediate_size: 160, num_hidden_layers: 3 });
const processor = parseProcessorConfig(nanoProcessorConfig(TINY_SIZES));
const TOKENS = 256;
const TRAINED = 24;
const BATCH = 3;
const sample: Trajectory = {
  id: 'a',
  mode: 'cot',
  label: 'normal',
  ids: Array.from({ length: TOKENS }, (_, index) => index % 200),
  segments: [
    { kind: 'user', turn: 0, from: 0, to: TOKENS - TRAINED },
    { kind: 'model', turn: 1, from: TOKENS - TRAINED, to: TOKENS },
  ],
  images: [],
};
const lora: LoraSettings = { rank: 4, alpha: 8, modules: LORA_MODULES, seed: 0 };

/** Most bytes of tensors that were alive at once, model and (as on webgpu) the optimiser's three arrays included. */
async function measuredPeak(adapter: LoraSettings | undefined, recompute: boolean): Promise<number> {
  const weights = createRandomWeights(config, 1);
  const frozen = adapter ? 'base' : 'none';
  const model = await createTrainingModel({ config, processor, weights, frozen, adapter, recompute });
  const batch = buildBatch(Array<Trajectory>(BATCH).fill(sample), config, processor, 'all-assistant');
  const { peakBytes: peak } = await tf.profile(async () => {
    await gradients(model, batch, negativeLogLikelihood(batch.targets.length));
    return [];
  });
  model.dispose();
  return peak + 3 * model.values.byteLength;
}

describe('trainingMemory', () => {
  beforeAll(() => useTestBackend('wasm'));

  it.each([
    ['all weights, blocks recomputed', undefined, true],
    ['all weights, everything kept', undefined, false],
    ['an adapter, blocks recomputed', lora, true],
    ['an adapter, everything kept', lora, false],
  ] as const)('is within a quarter of what tensors take: %s', async (_, adapter, recompute) => {
    const parts = { frozen: 'none', lora: adapter, base: 'f32', recompute } as const;
    const longest = { tokens: TOKENS, trained: TRAINED, grids: [] };
    const estimate = peakBytes(trainingMemory(config, parts, longest, BATCH, { accumulates: false }), 'device');
    const measured = await measuredPeak(adapter, recompute);
    expect(estimate / measured).toBeGreaterThan(0.75);
    expect(estimate / measured).toBeLessThan(1.25);
  });
});
