import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../capabilities.ts';
import { gemvKernel, gemvWorkgroups, type GemvSpec, type QkvEpilogue } from './gemv.ts';

const hardware: Capabilities = {
  tier: 2,
  isSoftware: false,
  maxBindingBytes: 2 ** 27,
  maxBufferBytes: 2 ** 28,
  maxWorkgroupBytes: 16384,
  maxInvocations: 256,
};
const software = { ...hardware, isSoftware: true };
const head: GemvSpec = {
  format: 'q8',
  rows: 151936,
  columns: 2048,
  norm: { eps: 1e-6 },
  epilogue: { kind: 'store' },
  hasBias: false,
  outStart: 0,
  inputRow: 'logitsRow',
};
const heads: QkvEpilogue = {
  kind: 'qkv',
  heads: 16,
  kvHeads: 2,
  headDim: 128,
  context: 8192,
  kv: 'f16',
  mropeSection: [16, 24, 24],
  qScale: 128 ** -0.5,
};
const qkv: GemvSpec = { ...head, format: 'q4', rows: 2560, epilogue: heads, hasBias: true, inputRow: 'first' };

describe('matrix-vector kernels of the 3B model', () => {
  it('bind at most 8 buffers', () => {
    expect(gemvKernel(head, hardware).bindings).toHaveLength(6);
    expect(gemvKernel(qkv, hardware).bindings).toHaveLength(8);
  });

  it('give a GPU workgroups by the thousand and stay within 65535 a dimension', () => {
    expect(gemvWorkgroups(qkv, hardware)).toEqual([1280, 1, 1]);
    expect(gemvWorkgroups(head, hardware)).toEqual([37984, 1, 1]);
    expect(gemvWorkgroups({ ...head, rows: 400_000 }, hardware)).toEqual([50000, 2, 1]);
    expect(gemvWorkgroups(head, software)).toEqual([2374, 1, 1]);
  });

  it('use only what the tier has', () => {
    const at = (tier: 0 | 1 | 2) => gemvKernel({ ...head, format: 'f16' }, { ...hardware, tier }).wgsl;
    expect(at(0)).not.toMatch(/enable|subgroup/);
    expect(at(1)).toMatch(/enable subgroups;/);
    expect(at(1)).not.toMatch(/enable f16/);
    expect(at(2)).toMatch(/enable f16;/);
  });

  it('have no barrier on a software adapter unless a long row is normalised', () => {
    expect(gemvKernel({ ...qkv, columns: 96 }, software).wgsl).not.toMatch(/workgroupBarrier/);
    expect(gemvKernel(qkv, software).wgsl.match(/workgroupBarrier/g)).toHaveLength(1);
  });

  it('refuse head sizes that their rotary sections do not fill', () => {
    const wrong = { ...qkv, epilogue: { ...heads, mropeSection: [16, 24, 16] } };
    expect(() => gemvKernel(wrong, hardware)).toThrow(/mrope sections 16,24,16 do not fill half of head size 128/);
  });
});
