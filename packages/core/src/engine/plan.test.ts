import { describe, expect, it } from 'vitest';
import type { Capabilities } from '../kernels/capabilities.ts';
import { tinyConfig } from '../model/tinyConfig.ts';
import { UserError } from '../support/userError.ts';
import { defaultOptions } from './options.ts';
import { memoryTable, planEngine } from './plan.ts';
import { config3b, tensorTable } from './testConfigs.ts';

const hardware: Capabilities = {
  tier: 2,
  isSoftware: false,
  maxBindingBytes: 2 ** 31 - 4,
  maxBufferBytes: 2 ** 32,
  maxWorkgroupBytes: 32768,
  maxInvocations: 1024,
};
/** What WebGPU guarantees everywhere. */
const smallest: Capabilities = {
  tier: 0,
  isSoftware: false,
  maxBindingBytes: 128 * 2 ** 20,
  maxBufferBytes: 256 * 2 ** 20,
  maxWorkgroupBytes: 16384,
  maxInvocations: 256,
};

const config = config3b();
const q4 = tensorTable(config, { scheme: 'q4' });

describe('the plan of the 3B', () => {
  it.each([
    ['a large adapter', hardware],
    ['an adapter with the guaranteed limits', smallest],
    ['a software adapter', { ...smallest, isSoftware: true }],
  ])('has at most 222 dispatches per token on %s', (_, capabilities) => {
    const plan = planEngine(config, q4, capabilities, defaultOptions);
    expect(plan.dispatchesPerToken).toBeLessThanOrEqual(222);
    expect(plan.dispatchesPerToken).toBeGreaterThan(5 * 36);
  });

  it('holds what does not fit a binding in parts that do, with every row once and in order', () => {
    const plan = planEngine(config, tensorTable(config, { scheme: 'f16' }), smallest, defaultOptions);
    const matrices = [...plan.weights.language.matrices.values()];
    for (const { parts, rows } of matrices) {
      let next = 0;
      for (const part of parts) {
        expect(part.bytes.codes).toBeLessThanOrEqual(smallest.maxBindingBytes);
        expect(part.outStart).toBe(next);
        next += part.rows;
      }
      expect(next).toBe(rows);
    }
    const embedding = plan.weights.language.matrices.get('embedding')!;
    expect(embedding.parts).toHaveLength(5); // 622 MB
  });

  it('takes at most 2.6 GB in low-memory mode while an image of 720 lines is encoded', () => {
    const options = { ...defaultOptions, lowMemory: true };
    const plan = planEngine(config, q4, hardware, options);
    const table = memoryTable(plan, config, { ...options, imageCacheBytes: 0 }, 4784);
    expect(table.total).toBeLessThan(2.6e9);
    expect(table.language).toBeGreaterThan(1.85e9);
    expect(table.cache).toBe(36 * 2 * 2 * 8192 * 128 * 2);
    const whole = memoryTable(plan, config, { ...options, lowMemory: false }, 4784);
    expect(whole.vision).toBeGreaterThan(1.3e9);
    expect(table.vision).toBeLessThan(1e8);
  });

  it('keeps keys and values in f16 only where f16 is native and the weights are not f32', () => {
    const bytes = (capabilities: Capabilities, scheme: 'q4' | 'f32') =>
      planEngine(config, tensorTable(config, { scheme }), capabilities, { ...defaultOptions, context: 1024 }).language
        .kv;
    expect([bytes(hardware, 'q4'), bytes(smallest, 'q4'), bytes(hardware, 'f32')]).toEqual(['f16', 'f32', 'f32']);
  });
});

describe('a model that does not fit', () => {
  const fails = (capabilities: Capabilities, context = 8192): UserError => {
    try {
      planEngine(config, q4, capabilities, { ...defaultOptions, context });
    } catch (error) {
      if (error instanceof UserError) return error;
    }
    throw new Error('nothing was refused');
  };

  it('names the limit and the context that would fit', () => {
    const error = fails({ ...hardware, maxBindingBytes: 64 * 2 ** 20 }, 128_000);
    expect(error.code).toBe('adapter-limits');
    expect(error.message).toMatch(/maxStorageBufferBindingSize/);
    const limit = Number(/Limit the context to (\d+) tokens/.exec(error.message)?.[1]);
    const table = planEngine(
      config,
      q4,
      { ...hardware, maxBindingBytes: 64 * 2 ** 20 },
      {
        ...defaultOptions,
        context: limit,
      },
    );
    expect(table.context).toBe(limit);
  });

  it('names a matrix that cannot be split', () => {
    expect(fails({ ...hardware, maxBindingBytes: 2 ** 20 }).message).toMatch(/qkv has 3 MB/);
  });

  it('names a tensor that is missing, misshapen or stored unlike its neighbours', () => {
    const tiny = tinyConfig();
    const { tensors } = tensorTable(tiny, { scheme: 'f32' });
    const plan = (changed: typeof tensors) => () => planEngine(tiny, { tensors: changed }, hardware, defaultOptions);
    const without = new Map(tensors);
    without.delete('model.norm.weight');
    expect(plan(without)).toThrow(/model\.norm\.weight.*no such tensor/);
    const misshapen = new Map(tensors).set('model.norm.weight', { shape: [7], scheme: 'f32' });
    expect(plan(misshapen)).toThrow(/\[7\].*\[32\]/);
    const key = 'model.layers.0.self_attn.k_proj.weight';
    const mixed = new Map(tensors).set(key, { ...tensors.get(key)!, scheme: 'q8' });
    expect(plan(mixed)).toThrow(/k_proj.*q8.*f32/);
  });
});
