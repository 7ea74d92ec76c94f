import { describe, expect, it } from 'vitest';
import { planEngine } from '@agentiad/core/engine/plan.ts';
import { defaultOptions } from '@agentiad/core/engine/options.ts';
import { groupBytes } from '@agentiad/core/engine/weightPlan.ts';
import { decodeRows } from '@agentiad/core/model/weightSchemes.ts';
import { randomEncodedWeights } from './randomModel.ts';
import { config3b } from './shapes.ts';

const config = config3b();
const weights = randomEncodedWeights(config, { scheme: 'q4' }, 1);

describe('random weights of the 3B', () => {
  it('are int4 in the body, int8 in the table, f16 in the tower, f32 in vectors', () => {
    const schemeOf = (name: string) => weights.tensors.get(name)?.scheme;
    expect(schemeOf('model.layers.35.mlp.down_proj.weight')).toBe('q4');
    expect(schemeOf('model.embed_tokens.weight')).toBe('q8');
    expect(schemeOf('visual.blocks.31.attn.qkv.weight')).toBe('f16');
    expect(schemeOf('model.layers.0.self_attn.q_proj.bias')).toBe('f32');
  });

  it('keep a product of any row near the size of its input', async () => {
    for (const [name, columns] of [
      ['model.layers.3.mlp.down_proj.weight', 11008],
      ['model.embed_tokens.weight', 2048],
      ['visual.blocks.0.attn.proj.weight', 1280],
    ] as const) {
      const { scheme } = weights.tensors.get(name)!;
      const values = decodeRows(scheme, await weights.readRows(name, 5, 7), 2, columns);
      const size = Math.sqrt(values.slice(0, columns).reduce((sum, value) => sum + value * value, 0));
      expect(size).toBeGreaterThan(0.3);
      expect(size).toBeLessThan(2);
      expect(values.slice(columns)).not.toEqual(values.slice(0, columns));
    }
  });

  it("are as large as the real model's: 1.88 GB a token, at most 222 dispatches", () => {
    const capabilities = {
      tier: 2,
      isSoftware: false,
      maxBindingBytes: 2 ** 31,
      maxBufferBytes: 2 ** 32,
      maxWorkgroupBytes: 32768,
      maxInvocations: 256,
    } as const;
    const plan = planEngine(config, weights, capabilities, defaultOptions);
    expect(groupBytes(plan.weights.language) / 1e9).toBeCloseTo(1.88, 1);
    expect(plan.dispatchesPerToken).toBeLessThanOrEqual(222);
  });
});
