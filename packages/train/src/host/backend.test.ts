import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { idleOf, selectBackend, type SelectedBackend } from './backend.ts';
import { largestProductError } from './matmulCheck.ts';

let selected: SelectedBackend | null = null;

afterEach(async () => {
  await selected?.dispose();
  selected = null;
});

describe('selectBackend', () => {
  it.each(['wasm', 'cpu'] as const)('%s multiplies matrices as float64 does', async (name) => {
    selected = await selectBackend(name);
    expect(selected.backend).toBe(name);
    expect(tf.getBackend()).toBe(name);
    expect(await largestProductError(33, 65, 17)).toBeLessThan(1e-5);
  });

  it('wasm uses SIMD, without which it is several times slower', async () => {
    selected = await selectBackend('wasm');
    expect(selected.adapter).toContain('SIMD');
  });

  it('can change over and back', async () => {
    await selectBackend('wasm');
    await selectBackend('cpu');
    selected = await selectBackend('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect(await largestProductError(8, 8, 8)).toBeLessThan(1e-5);
  });
});

describe('letting go of a device', () => {
  const deviceOf = (done: Promise<undefined>) => {
    const queue = { onSubmittedWorkDone: () => done } as unknown as GPUQueue;
    return { lost: new Promise<GPUDeviceLostInfo>(() => {}), queue };
  };

  it('waits for its last work', async () => {
    let finish: () => void = () => {};
    let isIdle = false;
    const done = new Promise<undefined>((resolve) => (finish = () => resolve(undefined)));
    const idle = idleOf(deviceOf(done), 10_000)().then(() => (isIdle = true));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isIdle).toBe(false);
    finish();
    await idle;
  });

  it('goes on without one that hangs', async () => {
    await idleOf(deviceOf(new Promise(() => {})), 20)();
  });
});
