import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLoraAdapter } from '@agentiad/core/model/loraAdapter.ts';
import { parameterShapes, transposeValues } from '@agentiad/core/model/params.ts';
import { createRandomWeights } from '@agentiad/core/model/randomWeights.ts';
import { createMemorySource } from '@agentiad/core/model/testing.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import type { JsonObject } from '@agentiad/core/support/json.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { openFolder } from '../host/folderSource.ts';
import { logProbabilities } from '../nn/gradients.ts';
import { TEST_CONFIG, TEST_LORA, testBatch, testModel } from '../nn/testBatch.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import { encodePeftAdapter } from './exportAdapter.ts';
import { openPeftAdapter } from './importAdapter.ts';

const shapes = parameterShapes(TEST_CONFIG);
const batch = testBatch();
const adapterOptions = { frozen: 'base', adapter: TEST_LORA } as const;
let model: TrainingModel;

beforeAll(async () => {
  await useTestBackend('cpu');
  model = await testModel(adapterOptions);
});
afterAll(() => model.dispose());

const parse = (files: ReadonlyMap<string, Uint8Array>) =>
  JSON.parse(new TextDecoder().decode(files.get('adapter_config.json'))) as JsonObject;

describe('an adapter in PEFT files', () => {
  it.each(['hf52', 'hf451'] as const)('with the names of %s comes back bit for bit', async (naming) => {
    const files = encodePeftAdapter(model, { baseModel: 'base', naming });
    const header = new TextDecoder().decode(files.get('adapter_model.safetensors')!.subarray(0, 400));
    const layers = naming === 'hf52' ? 'model.language_model.layers' : 'model.layers';
    expect(header).toContain(`base_model.model.${layers}.0.self_attn.q_proj.lora_A.weight`);
    const pattern = new RegExp(parse(files)['target_modules'] as string);
    expect(pattern.test(`${layers}.1.mlp.gate_proj`)).toBe(true);
    expect(pattern.test('model.visual.blocks.1.mlp.gate_proj')).toBe(false);
    expect(pattern.test(`visual.${layers}.1.mlp.gate_proj`)).toBe(false);

    const adapter = await openPeftAdapter(createMemorySource(files), TEST_CONFIG);
    expect(adapter.settings).toMatchObject({
      rank: TEST_LORA.rank,
      alpha: TEST_LORA.alpha,
      modules: TEST_LORA.modules,
    });
    const other = await testModel(adapterOptions);
    other.values.fill(9);
    await adapter.loadInto(other);
    expect([...other.values]).toEqual([...model.values]);
    other.dispose();
  });

  it('merged into the base gives what the adapter gives beside it, through layers that are not square', async () => {
    const adapter = await openLoraAdapter(createMemorySource(encodePeftAdapter(model, { baseModel: 'base' })), shapes);
    const weights = createRandomWeights(TEST_CONFIG, 3);
    const wide = [...adapter.targets].filter((name) => shapes.get(name)![0] !== shapes.get(name)![1]);
    expect(wide.length).toBeGreaterThanOrEqual(5);
    const merged = await testModel({
      weights: {
        ...weights,
        read: async (name) => {
          const values = await weights.read(name);
          return adapter.targets.has(name) ? adapter.merge(name, 0, shapes.get(name)![0]!, values) : values;
        },
      },
    });
    const wanted = await logProbabilities(model, batch);
    (await logProbabilities(merged, batch)).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 4));
    merged.dispose();
  });

  it('stores A as [rank, in] and B as [out, rank]', async () => {
    const adapter = await openLoraAdapter(createMemorySource(encodePeftAdapter(model, { baseModel: 'base' })), shapes);
    const name = 'model.layers.1.mlp.down_proj';
    const { a, b } = await adapter.factors(`${name}.weight`);
    const span = (key: string) => model.spans.find((one) => one.name === `${name}.${key}.weight`)!;
    const stored = (key: string) => model.values.slice(span(key).from, span(key).to);
    const [out, input] = shapes.get(`${name}.weight`) as [number, number];
    expect([...a]).toEqual([...transposeValues(stored('lora_A'), input, TEST_LORA.rank)]);
    expect([...b]).toEqual([...transposeValues(stored('lora_B'), TEST_LORA.rank, out)]);
  });

  it('scales by alpha / sqrt(rank) when rank-stabilised, and says so', async () => {
    const own = await testModel({ frozen: 'base', adapter: { ...TEST_LORA, rankStabilised: true } });
    const files = encodePeftAdapter(own, { baseModel: 'base' });
    expect(parse(files)['use_rslora']).toBe(true);
    expect((await openLoraAdapter(createMemorySource(files), shapes)).scale).toBeCloseTo(6 / Math.sqrt(3), 12);
    own.dispose();
  });

  it.each([
    ['use_dora', true],
    ['bias', 'all'],
    ['modules_to_save', ['lm_head']],
    ['rank_pattern', { q_proj: 8 }],
    ['alpha_pattern', { q_proj: 8 }],
  ])('is refused with %s, which is not implemented', async (key, value) => {
    const files = encodePeftAdapter(model, { baseModel: 'base' });
    files.set('adapter_config.json', Buffer.from(JSON.stringify({ ...parse(files), [key]: value })));
    await expect(openPeftAdapter(createMemorySource(files), TEST_CONFIG)).rejects.toThrow(UserError);
  });

  it('of another base is refused by the name of a tensor', async () => {
    const root = await mkdtemp(path.join(os.tmpdir(), 'adapter-'));
    for (const [name, bytes] of encodePeftAdapter(model, { baseModel: 'base' }))
      await writeFile(path.join(root, name), bytes);
    const { text } = TEST_CONFIG;
    const wider = { ...TEST_CONFIG, text: { ...text, intermediateSize: text.intermediateSize + 8 } };
    await expect(openPeftAdapter(openFolder(root), wider)).rejects.toThrow(
      /mlp\.gate_proj.*Give the adapter of this model/s,
    );
    await rm(root, { recursive: true });
  });
});
