import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { selectBackend, type SelectedBackend } from './backend.ts';
import { openDevice } from './device.ts';
import { largestProductError } from './matmulCheck.ts';

let selected: SelectedBackend | null = null;

afterEach(async () => {
  await selected?.dispose();
  selected = null;
});

describe('WebGPU in Node', () => {
  it('registers TensorFlow.js under the name webgpu and multiplies matrices as float64 does', async () => {
    selected = await selectBackend('webgpu');
    expect(tf.getBackend()).toBe('webgpu');
    expect(selected.adapter).not.toBe('');
    expect(await largestProductError(33, 65, 17)).toBeLessThan(1e-4);
  });

  it('starts again after it was disposed', async () => {
    await (await selectBackend('webgpu')).dispose();
    selected = await selectBackend('webgpu');
    expect(await largestProductError(8, 8, 8)).toBeLessThan(1e-4);
  });

  it('auto leaves a software adapter for wasm', async () => {
    const opened = await openDevice();
    const isSoftware = opened!.info.isFallbackAdapter;
    opened!.dispose();
    selected = await selectBackend('auto');
    expect(selected.backend).toBe(isSoftware ? 'wasm' : 'webgpu');
  });

  it("asks for the adapter's own limits and features", async () => {
    const adapter = await firstAdapter();
    const opened = await openDevice();
    try {
      expect(opened!.device.limits.maxStorageBufferBindingSize).toBe(adapter.limits.maxStorageBufferBindingSize);
      expect(opened!.device.limits.maxBufferSize).toBe(adapter.limits.maxBufferSize);
      for (const feature of ['shader-f16', 'subgroups', 'timestamp-query'] as const) {
        expect(opened!.device.features.has(feature)).toBe(adapter.features.has(feature));
      }
    } finally {
      opened!.dispose();
    }
  });

  it('reports invalid WGSL, which WebGPU otherwise swallows', async () => {
    const errors: string[] = [];
    const opened = await openDevice('any', (error) => errors.push(error.message));
    try {
      opened!.device.createShaderModule({ code: '@compute @workgroup_size(1) fn main() { let x: i32 = 1.5; }' });
      await opened!.device.queue.onSubmittedWorkDone();
      await expect.poll(() => errors.join()).toMatch(/WebGPU error.*WGSL/s);
    } finally {
      opened!.dispose();
    }
  });
});

/** The default adapter as Dawn gives it, without going through the code under test. */
async function firstAdapter(): Promise<GPUAdapter> {
  const { create } = await import('webgpu');
  const adapter = await create([]).requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('this test needs an adapter');
  return adapter;
}
