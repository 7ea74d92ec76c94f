import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { selectBackend, type SelectedBackend } from './backend.ts';
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
