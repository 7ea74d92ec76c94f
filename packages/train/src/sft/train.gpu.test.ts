import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { selectBackend } from '../host/backend.ts';
import type { SelectedBackend } from '../host/backend.ts';
import { TEST_LORA, testBatch, testModel } from '../nn/testBatch.ts';
import { createTrainingModel } from '../nn/trainingModel.ts';
import { ADAMW_DEFAULTS } from '../optim/adamw.ts';
import { createUpdater } from '../optim/updater.ts';
import { nanoWorkload } from './nanoWorkload.ts';
import { negativeLogLikelihood } from './objective.ts';
import { memoryRun, runPhases } from './testSft.ts';
import { accumulate } from './train.ts';

let selected: SelectedBackend;

beforeAll(async () => {
  selected = await selectBackend('webgpu');
});
afterAll(() => selected.dispose());

const backend = () => tf.backend() as unknown as WebGPUBackend;

it('interrupted anywhere and resumed on webgpu, a run ends with the very same weights and losses', async () => {
  const whole = memoryRun();
  const wanted = await runPhases(whole);
  expect(wanted.isDone).toBe(true);
  for (const stopAfter of [1, 2]) {
    const parts = memoryRun();
    expect((await runPhases(parts, stopAfter)).isDone).toBe(false);
    expect(await runPhases(parts)).toEqual(wanted);
    expect(parts.records.map(({ loss, norm }) => [loss, norm])).toEqual(
      whole.records.map(({ loss, norm }) => [loss, norm]),
    );
  }
});

it('a step takes no more tensors and no more memory on the GPU the longer it goes on', async () => {
  const model = await testModel({ frozen: 'base', adapter: TEST_LORA, base: 'q4' });
  const batch = testBatch();
  const updater = createUpdater(model, ADAMW_DEFAULTS);
  const steps = async (count: number) => {
    for (let step = 0; step < count; step++) {
      await updater.add(batch, negativeLogLikelihood(batch.targets.length));
      await updater.update(1e-3, 1);
    }
    return { tensors: tf.memory().numTensors, bytes: backend().bufferManager.numBytesAllocated };
  };
  const early = await steps(4);
  expect(await steps(16)).toEqual(early);
  await updater.finish();
  model.dispose();
});

it('a step of the shipped nano on eight demonstrations takes at most 600 dispatches, its update included', async () => {
  await selectBackend('wasm'); // the feature tower is slow on software adapters
  const { config, processor, weights, samples } = await nanoWorkload(8);
  expect(
    new Set(samples.flatMap(({ images }) => images.map(({ width, height }) => width / height))).size,
  ).toBeGreaterThan(1);
  await tf.setBackend('webgpu');
  const model = await createTrainingModel({ config, processor, weights, frozen: 'none', recompute: false });
  const updater = createUpdater(model, ADAMW_DEFAULTS);
  const dispatches = vi.spyOn(GPUComputePassEncoder.prototype, 'dispatchWorkgroups');
  const { loss } = await accumulate(model, [samples], 'all-assistant', updater);
  expect(await updater.update(1e-4, 1)).toBeGreaterThan(0);
  expect(loss).toBeLessThan(1); // it has learnt such demonstrations
  expect(dispatches.mock.calls.length).toBeGreaterThan(300);
  expect(dispatches.mock.calls.length).toBeLessThanOrEqual(600);
  dispatches.mockRestore();
  await updater.finish();
  model.dispose();
});
