import { describe, expect, it } from 'vitest';
import { encodeWeights } from './encodeWeights.ts';
import { createHashWeights } from './hashWeights.ts';
import { parameterShapes } from './params.ts';
import { tinyConfig } from './tinyConfig.ts';
import { exactPolicy, schemePolicy } from './weightSchemePolicy.ts';
import { decodeRows, storedLayout, weightScheme } from './weightSchemes.ts';
import type { RowSource } from './weightSource.ts';

const config = tinyConfig();
const source = createHashWeights(config);
const schemesOf = (choice: Parameters<typeof schemePolicy>[0], isTied = true) => {
  const shapes = parameterShapes(tinyConfig({ tie_word_embeddings: isTied }));
  const policy = schemePolicy(choice);
  return new Map(Array.from(shapes, ([name, shape]) => [name, policy(name, { shape, dtype: 'BF16' })]));
};

describe('the schemes of a model', () => {
  it('q4: body int4, tables int8, vision float16, vectors float32', () => {
    const schemes = schemesOf({ scheme: 'q4' }, false);
    const expected = {
      'model.layers.0.self_attn.q_proj.weight': 'q4',
      'model.layers.1.mlp.gate_proj.weight': 'q4',
      'model.embed_tokens.weight': 'q8',
      'lm_head.weight': 'q8',
      'visual.patch_embed.proj.weight': 'f16',
      'visual.merger.mlp.2.weight': 'f16',
      'visual.merger.mlp.2.bias': 'f32',
      'model.layers.0.self_attn.k_proj.bias': 'f32',
      'model.norm.weight': 'f32',
    };
    for (const [name, scheme] of Object.entries(expected)) expect([name, schemes.get(name)]).toEqual([name, scheme]);
    expect(schemesOf({ scheme: 'q4' }).has('lm_head.weight')).toBe(false);
  });

  it('the vision tower is int8 when asked and float32 beside a float32 body', () => {
    const name = 'visual.blocks.0.attn.qkv.weight';
    expect(schemesOf({ scheme: 'q4', vision: 'q8' }).get(name)).toBe('q8');
    expect(schemesOf({ scheme: 'q8' }).get(name)).toBe('f16');
    expect(schemesOf({ scheme: 'f32' }).get(name)).toBe('f32');
    expect(new Set(schemesOf({ scheme: 'f32' }).values())).toEqual(new Set(['f32']));
  });

  it('exact ones widen bfloat16, whose range float16 does not have', () => {
    expect(exactPolicy('a', { shape: [2, 2], dtype: 'BF16' })).toBe('f32');
    expect(exactPolicy('a', { shape: [2, 2], dtype: 'F16' })).toBe('f16');
  });
});

describe('encodeWeights', () => {
  it('gives any rows as the whole tensor would be stored', async () => {
    const weights = encodeWeights(source, schemePolicy({ scheme: 'q4' }));
    for (const name of ['model.layers.0.mlp.down_proj.weight', 'model.embed_tokens.weight', 'model.norm.weight']) {
      const { shape, scheme } = weights.tensors.get(name)!;
      const { columns } = storedLayout(scheme, shape);
      const whole = weightScheme(scheme).decode(weightScheme(scheme).encode(await source.read(name), shape), shape);
      const rows = await weights.readRows(name, 3, 9);
      expect(decodeRows(scheme, rows, 6, columns)).toEqual(whole.slice(3 * columns, 9 * columns));
    }
  });

  it.each([
    [NaN, 'f32', 'weight-not-finite'],
    [Infinity, 'q8', 'weight-not-finite'],
    [65520, 'f16', 'weight-overflow'],
    [-6e5, 'q4', 'weight-overflow'],
  ] as const)('refuses %f in %s by the name of the tensor', async (value, scheme, code) => {
    const values = Float32Array.of(1, value);
    const one: RowSource = {
      tensors: new Map([['a.weight', { shape: [1, 2], dtype: 'F32' }]]),
      read: () => Promise.resolve(values),
      readRows: () => Promise.resolve(values),
    };
    const read = encodeWeights(one, () => scheme).readRows('a.weight', 0, 1);
    await expect(read).rejects.toMatchObject({ code, subject: 'tensor a.weight' });
  });

  it('takes the largest value of float16', async () => {
    const values = Float32Array.of(65519, -65504);
    const one = { tensors: new Map([['a', { shape: [2], dtype: 'F32' }]]), read: async () => values };
    const weights = encodeWeights({ ...one, readRows: async () => values }, () => 'f16');
    expect(decodeRows('f16', await weights.readRows('a', 0, 2), 2, 1)).toEqual(Float32Array.of(65504, -65504));
  });
});
