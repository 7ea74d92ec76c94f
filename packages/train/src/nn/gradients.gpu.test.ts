import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SelectedBackend } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { createAdamW } from '../optim/adamw.ts';
import { negativeLogLikelihood } from '../sft/objective.ts';
import { gradients } from './gradients.ts';
import { widened } from './packedMatrix.ts';
import { TEST_LORA, testBatch, testModel } from './testBatch.ts';
import type { TrainingModelOptions } from './trainingModel.ts';

const batch = testBatch();
const nll = negativeLogLikelihood(batch.targets.length);
let selected: SelectedBackend;

beforeAll(async () => {
  selected = await selectBackend('webgpu');
});
afterAll(() => selected.dispose());

/** Loss, gradient, and the values after an update. */
async function step(options: Partial<TrainingModelOptions>) {
  const model = await testModel(options);
  const { loss, gradient } = await gradients(model, batch, nll);
  createAdamW(model.values.length).step(model, gradient, 0.01);
  const again = await gradients(model, batch, nll);
  model.dispose();
  return { loss, after: again.loss, gradient: gradient.values, gradientAfter: again.gradient.values };
}

const largest = (values: Float32Array) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

it.each([
  ['all weights', { frozen: 'none' }],
  ['an adapter', { frozen: 'base', adapter: TEST_LORA }],
  ['an adapter on int4', { frozen: 'base', adapter: TEST_LORA, base: 'q4' }],
] as const)(
  'training %s: webgpu has the gradients of cpu, the same at each run, and leaves no tensors',
  async (_, options) => {
    await tf.setBackend('webgpu');
    const before = tf.memory().numTensors;
    widened.most = 0;
    const onGpu = await step(options);
    const again = await step(options);
    expect(tf.memory().numTensors).toBe(before);
    if ('base' in options) expect(widened).toEqual({ alive: 0, most: 1 });
    expect([...again.gradientAfter]).toEqual([...onGpu.gradientAfter]);
    await tf.setBackend('cpu');
    const onCpu = await step(options);
    expect(onGpu.loss).toBeCloseTo(onCpu.loss, 4);
    expect(onGpu.after).toBeCloseTo(onCpu.after, 3);
    const difference = onCpu.gradient.map((value, i) => value - onGpu.gradient[i]!);
    expect(largest(difference) / largest(onCpu.gradient)).toBeLessThan(1e-3);
  },
);
