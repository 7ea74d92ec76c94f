import { describe, expect, it } from 'vitest';
import { neededHere, whatIsLacking } from './modelFit.ts';

/** Qwen2.5-VL-3B in int4: as its container's table of tensors says. */
const large = {
  parameters: 3.75e9,
  weightBytes: 2.9e9,
  visionBytes: 1.3e9,
  contextBytesPerToken: 36_864,
  undividedBytes: 8.4e6,
};
const small = { ...large, parameters: 8e5 };
const wasm = {
  name: 'wasm',
  adapter: '',
  cause: 'no-webgpu',
  reason: 'this browser has no WebGPU',
  maxBindingBytes: null,
} as const;
const webgpu = { name: 'webgpu', adapter: 'acme', cause: null, reason: null, maxBindingBytes: 128 * 2 ** 20 } as const;

describe('what a device lacks for a model', () => {
  it('a large one needs WebGPU, and is told why there is none', () => {
    expect(whatIsLacking(large, wasm)).toBe(
      'with 3.8 billion parameters it needs WebGPU on a graphics adapter; here this browser has no WebGPU.',
    );
    expect(whatIsLacking(large, webgpu)).toBeNull();
    expect(neededHere(large)).toBe('WebGPU and about 3.5 GB of graphics memory');
  });

  it('a small one runs anywhere', () => {
    expect(whatIsLacking(small, wasm)).toBeNull();
    expect(neededHere(small)).toBeNull();
  });

  it('a device that binds too little is told with both figures', () => {
    expect(whatIsLacking({ ...large, undividedBytes: 200e6 }, webgpu)).toBe(
      'it works on 200 MB at once, this graphics device on 134 MB at most.',
    );
  });
});
