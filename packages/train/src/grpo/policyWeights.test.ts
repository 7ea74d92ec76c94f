import { beforeAll, describe, expect, it } from 'vitest';
import type { WeightSource } from '@agentiad/core/model/weightSource.ts';
import { createBackbone } from '@agentiad/core/model/model.ts';
import { greedy } from '@agentiad/core/model/sampler.ts';
import { elementCount } from '@agentiad/core/model/safetensors.ts';
import { testCard, testTokenizer } from '@agentiad/core/engine/testing.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import type { Backbone } from '@agentiad/core/model/backbone.ts';
import { decodeRows } from '@agentiad/core/model/weightSchemes.ts';
import { TEST_CONFIG, TEST_LORA, testModel } from '../nn/testBatch.ts';
import type { TrainingModelOptions } from '../nn/trainingModel.ts';
import { createPolicyBackbone } from './policyBackbone.ts';
import type { PolicyWeights } from './policyWeights.ts';
import { createPolicyWeights } from './policyWeights.ts';

beforeAll(() => useTestBackend('wasm'));

const parts = { tokenizer: testTokenizer, card: testCard };
const everyId = Array.from({ length: TEST_CONFIG.text.vocabSize }, (_, id) => id);

/** What the engine reads, as a model of its own: its linear layers know no adapter. */
function asSource({ encoded }: PolicyWeights): WeightSource {
  return {
    tensors: new Map([...encoded.tensors].map(([name, { shape }]) => [name, { shape, dtype: 'F32' }])),
    async read(name) {
      const { shape, scheme } = encoded.tensors.get(name)!;
      const half = Math.ceil(shape[0]! / 2); // in two pieces, as uploads come
      const columns = elementCount(shape.slice(1));
      const rows = async (start: number, end: number) =>
        decodeRows(scheme, await encoded.readRows(name, start, end), end - start, columns);
      return Float32Array.from([...(await rows(0, half)), ...(await rows(half, shape[0]!))]);
    },
  };
}

async function logitsOf(backbone: Backbone): Promise<readonly number[]> {
  const session = backbone.createSession();
  await session.prefill([3, 9, 12, 5], []);
  const watch = { ids: everyId, at: () => true };
  const { readings } = await session.generate({ maxNewTokens: 1, sampler: greedy, stopIds: [], watch });
  session.dispose();
  return readings[0]!.logits;
}

describe('the weights that the engine reads', () => {
  it.each([
    ['all weights', { frozen: 'none' }],
    ['an adapter', { frozen: 'base', adapter: TEST_LORA }],
    ['an adapter on int4', { frozen: 'base', adapter: TEST_LORA, base: 'q4' }],
  ] as const)('are those of the policy, before and after an update: %s', async (_, options) => {
    const model = await testModel(options as Partial<TrainingModelOptions>);
    const policy = createPolicyBackbone(model, parts);
    const weights = createPolicyWeights(model);
    const read = async () => {
      const backbone = await createBackbone({ ...parts, config: TEST_CONFIG, weights: asSource(weights) });
      const logits = await logitsOf(backbone);
      backbone.dispose();
      return logits;
    };
    const expectSame = (actual: readonly number[], expected: readonly number[]) =>
      actual.forEach((value, id) => expect(value).toBeCloseTo(expected[id]!, 4));
    const before = await logitsOf(policy);
    expectSame(await read(), before);
    model.values.forEach((value, index) => (model.values[index] = value * 1.3 + 0.01));
    model.upload();
    weights.forget();
    const after = await logitsOf(policy);
    expect(Math.max(...after.map((value, id) => Math.abs(value - before[id]!)))).toBeGreaterThan(1e-2);
    expectSame(await read(), after);
    policy.dispose();
    model.dispose();
  });

  it('name what an update changes, and nothing else', async () => {
    const named = async (options: Partial<TrainingModelOptions>) => {
      const model = await testModel(options);
      const { encoded, isTrained } = createPolicyWeights(model);
      model.dispose();
      return [...encoded.tensors.keys()].filter(isTrained);
    };
    expect(await named({ frozen: 'vision' })).not.toContain('visual.blocks.0.attn.qkv.weight');
    expect(await named({ frozen: 'none' })).toContain('visual.blocks.0.attn.qkv.weight');
    const adapter = { ...TEST_LORA, modules: ['mlp.down_proj'] } as const;
    const layers = Array.from({ length: TEST_CONFIG.text.layers }, (_, layer) => layer);
    expect(await named({ frozen: 'base', adapter })).toEqual(
      layers.map((layer) => `model.layers.${layer}.mlp.down_proj.weight`),
    );
  });
});
