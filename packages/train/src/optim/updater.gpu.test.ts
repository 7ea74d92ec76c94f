import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { SelectedBackend } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { gradients } from '../nn/gradients.ts';
import { testBatch, testModel } from '../nn/testBatch.ts';
import { negativeLogLikelihood } from '../sft/objective.ts';
import { ADAMW_DEFAULTS, clipGradient, createAdamW } from './adamw.ts';
import { ADAMW_CASES, adamwReference, errorOfChange, LARGE_CASE, spansOf, valuesOf } from './adamwCases.ts';
import { createDeviceAdamW, gradientNorm } from './deviceAdamW.ts';
import { createUpdater } from './updater.ts';

let selected: SelectedBackend;

beforeAll(async () => {
  selected = await selectBackend('webgpu');
});
afterAll(() => selected.dispose());

describe('AdamW on the device', () => {
  it.each([...ADAMW_CASES, LARGE_CASE])('is the float64 reference after clipping: $name', async (own) => {
    const before = tf.memory().numTensors;
    const { start, gradients: found } = valuesOf(own);
    const optimiser = createDeviceAdamW({ spans: spansOf(own), values: start }, own.options);
    const { values, norms } = adamwReference(own);
    for (const [step, gradient] of found.entries()) {
      const onDevice = tf.tensor1d(gradient);
      const norm = await gradientNorm(onDevice);
      expect(norm / norms[step]!).toBeCloseTo(1, 5);
      optimiser.step(onDevice, own.rates[step]!, Math.min(1, own.maxNorm / norm));
      onDevice.dispose();
    }
    expect(errorOfChange(await optimiser.values(), values, start)).toBeLessThan(1e-4);
    optimiser.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('goes on from a state bit for bit, in another optimiser', async () => {
    const own = ADAMW_CASES[2]!;
    const { start, gradients: found } = valuesOf(own);
    const create = () => createDeviceAdamW({ spans: spansOf(own), values: start }, own.options);
    const [whole, first, second] = [create(), create(), create()];
    const steps = found.map((gradient) => tf.tensor1d(gradient));
    steps.forEach((gradient) => whole.step(gradient, 0.01, 0.5));
    steps.slice(0, 2).forEach((gradient) => first.step(gradient, 0.01, 0.5));
    const state = await first.state();
    expect(state.step).toBe(2);
    second.restore(await first.values(), state);
    steps.slice(2).forEach((gradient) => second.step(gradient, 0.01, 0.5));
    expect(await second.values()).toEqual(await whole.values());
    expect(await second.state()).toEqual(await whole.state());
    tf.dispose(steps);
    [whole, first, second].forEach(({ dispose }) => dispose());
  });
});

describe('an updater on the device', () => {
  const batch = testBatch();
  const nll = negativeLogLikelihood(2 * batch.targets.length);

  it('adds up, clips and updates as the host does, and reads no gradient back', async () => {
    const [model, other] = [await testModel(), await testModel()];
    const updater = createUpdater(model, ADAMW_DEFAULTS);
    const optimiser = createAdamW(other.values.length);
    const { gradient } = await gradients(other, batch, nll);
    gradient.values.forEach((value, i) => (gradient.values[i] = 2 * value));
    const wanted = clipGradient(gradient, 0.5);
    optimiser.step(other, gradient, 0.01);

    const backend = tf.backend() as unknown as WebGPUBackend;
    const read = vi.spyOn(backend, 'getBufferData');
    const { loss } = await updater.add(batch, nll);
    expect((await updater.add(batch, nll)).loss).toBe(loss);
    expect((await updater.update(0.01, 0.5)) / wanted).toBeCloseTo(1, 5);
    const bytes = read.mock.calls.reduce((sum, [buffer]) => sum + buffer.size, 0);
    expect(bytes).toBeLessThan(2000);
    read.mockRestore();

    // The tensors of the model, not only the optimiser's copy.
    const name = 'model.layers.0.mlp.gate_proj.weight';
    const [ours, theirs] = [await model.exportParam(name), await other.exportParam(name)];
    ours.forEach((value, i) => expect(value).toBeCloseTo(theirs[i]!, 4));
    await updater.finish();
    model.values.forEach((value, i) => expect(value).toBeCloseTo(other.values[i]!, 4));
    [model, other].forEach(({ dispose }) => dispose());
  });

  it('changes nothing where the gradient is not finite', async () => {
    const model = await testModel();
    const before = model.values.slice();
    const updater = createUpdater(model, ADAMW_DEFAULTS);
    await updater.add(batch, negativeLogLikelihood(0));
    expect(await updater.update(0.01, 1)).toBeNaN();
    expect((await updater.state()).step).toBe(0);
    await updater.finish();
    expect(model.values).toEqual(before);
    model.dispose();
  });
});
