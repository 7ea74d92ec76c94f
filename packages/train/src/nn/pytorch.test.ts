/** The training core against PyTorch and PEFT: fixtures of scripts/training_golden.py. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseProcessorConfig } from '@agentiad/core/image/processorConfig.ts';
import { canonicalName, openCheckpoint } from '@agentiad/core/model/checkpoint.ts';
import { parseModelConfig } from '@agentiad/core/model/config.ts';
import { mropePositions } from '@agentiad/core/model/positions.ts';
import { parameterShapes, transposeValues } from '@agentiad/core/model/params.ts';
import { readSafetensorsHeader, readSafetensorsTensor } from '@agentiad/core/model/safetensors.ts';
import { useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { openFolder } from '../host/folderSource.ts';
import { createAdamW } from '../optim/adamw.ts';
import { openPeftAdapter } from '../peft/importAdapter.ts';
import type { SftBatch } from '../sft/batch.ts';
import { negativeLogLikelihood } from '../sft/objective.ts';
import { gradients } from './gradients.ts';
import type { TrainingModel } from './trainingModel.ts';
import { createTrainingModel } from './trainingModel.ts';

interface GoldenCase {
  readonly lengths: readonly number[];
  /** Positions of trained tokens, per row. */
  readonly trained: readonly (readonly number[])[];
  readonly grid: readonly [number, number, number];
  readonly losses: { readonly full: number; readonly lora: readonly number[] };
  readonly adamw: {
    readonly lr: number;
    readonly betas: readonly [number, number];
    readonly eps: number;
    readonly weight_decay: number;
  };
}

const folder = fileURLToPath(new URL('../../fixtures/gradients', import.meta.url));
const source = openFolder(folder);
const json = async (name: string) => JSON.parse(await readFile(path.join(folder, name), 'utf8')) as unknown;
const golden = (await json('case.json')) as GoldenCase;
const config = parseModelConfig(await json('config.json'));
const processor = parseProcessorConfig({ patch_size: config.vision.patchSize });
const weights = await openCheckpoint(source);
const tensors = new Map<string, Float32Array | Float64Array>();
for (const [name, entry] of await readSafetensorsHeader(source, 'case.safetensors')) {
  tensors.set(name, await readSafetensorsTensor(source, 'case.safetensors', name, entry));
}
const batch = goldenBatch();
const nll = negativeLogLikelihood(batch.targets.length);

function goldenBatch(): SftBatch {
  const ids = Int32Array.from(tensors.get('input_ids')!);
  const rows = golden.lengths.length;
  const width = ids.length / rows;
  const grid = { height: golden.grid[1], width: golden.grid[2] };
  const positionIds = new Int32Array(3 * ids.length);
  golden.lengths.forEach((length, row) => {
    const own = ids.slice(row * width, row * width + length);
    const { ids: positions } = mropePositions(own, row === 0 ? [grid] : [], config);
    for (let axis = 0; axis < 3; axis++) {
      positionIds.set(positions.subarray(axis * length, (axis + 1) * length), (axis * rows + row) * width);
    }
  });
  const predictFrom = Int32Array.from(golden.trained.flatMap((own, row) => own.map((t) => row * width + t - 1)));
  return {
    ids,
    positionIds,
    lengths: golden.lengths,
    pixelValues: Float32Array.from(tensors.get('pixel_values')!),
    grids: [grid],
    imagePositions: Int32Array.from([...ids.keys()].filter((place) => ids[place] === config.special.image)),
    predictFrom,
    targets: predictFrom.map((from) => ids[from + 1]!),
  };
}

/** Golden tensors whose names begin with `prefix`, by canonical name. */
function goldenTensors(prefix: string): Map<string, Float32Array> {
  const found = new Map<string, Float32Array>();
  for (const [name, values] of tensors) {
    if (!name.startsWith(prefix)) continue;
    const module = name.slice(prefix.length).replace('base_model.model.', '').replace('.default', '');
    found.set(canonicalName(module), Float32Array.from(values));
  }
  return found;
}

/** Values in flat order as tensors of a checkpoint: linear weights [out, in], the vision tower's fused qkv. */
function asCheckpoint(model: TrainingModel, flat: Float32Array): Map<string, Float32Array> {
  const own = new Map<string, Float32Array>();
  for (const { name, shape, from, to } of model.spans) {
    const values = flat.slice(from, to);
    const isLinear = shape.length > 1 && !name.includes('embed_tokens');
    own.set(name, isLinear ? transposeValues(values, shape[0]!, shape[1]!) : values);
  }
  for (const name of parameterShapes(model.config).keys()) {
    if (!name.includes('.qkv.')) continue;
    const parts = ['q', 'k', 'v'].map((part) => own.get(name.replace('.qkv.', `.${part}.`)));
    if (parts[0]) own.set(name, Float32Array.from(parts.flatMap((part) => [...part!])));
  }
  return own;
}

/** Of any element. */
function largestDifference(values: Float32Array, other: Float32Array): number {
  return values.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
}

/** Every value within 1e-3 of the largest of its tensor. */
function expectAll(actual: Map<string, Float32Array>, wanted: Map<string, Float32Array>): void {
  for (const [name, values] of wanted) {
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largestDifference(values, actual.get(name)!) / largest, name).toBeLessThan(1e-3);
  }
}

async function adapterModel(recompute: boolean): Promise<TrainingModel> {
  const adapter = await openPeftAdapter(openFolder(path.join(folder, 'adapter')), config);
  const options = { config, processor, weights, frozen: 'base', adapter: adapter.settings, recompute } as const;
  const model = await createTrainingModel(options);
  await adapter.loadInto(model);
  return model;
}

describe.each([
  ['cpu', true],
  ['wasm', false],
] as const)('against PyTorch on %s (recomputing: %s)', (backend, recompute) => {
  beforeAll(() => useTestBackend(backend));

  it('loss and the gradient of every weight agree', async () => {
    const model = await createTrainingModel({ config, processor, weights, frozen: 'none', recompute });
    const { loss, gradient } = await gradients(model, batch, nll);
    expect(Math.abs(loss - golden.losses.full)).toBeLessThan(1e-4);
    const wanted = goldenTensors('full.');
    expect([...wanted.keys()].sort()).toEqual([...parameterShapes(config).keys()].sort());
    expectAll(asCheckpoint(model, gradient.values), wanted);
    model.dispose();
  });

  it('loss and the gradient of every factor of a PEFT adapter agree', async () => {
    const model = await adapterModel(recompute);
    const { loss, gradient } = await gradients(model, batch, nll);
    expect(Math.abs(loss - golden.losses.lora[0]!)).toBeLessThan(1e-4);
    const wanted = goldenTensors('lora.');
    expect([...wanted.keys()].sort()).toEqual([...model.trainable].sort());
    expectAll(asCheckpoint(model, gradient.values), wanted);
    model.dispose();
  });

  it('losses and factors of three AdamW updates agree', async () => {
    const model = await adapterModel(recompute);
    const { lr, betas, eps, weight_decay: weightDecay } = golden.adamw;
    const options = { beta1: betas[0], beta2: betas[1], epsilon: eps, weightDecay };
    const optimiser = createAdamW(model.values.length, options);
    const before = asCheckpoint(model, model.values);
    for (const wanted of golden.losses.lora) {
      const { loss, gradient } = await gradients(model, batch, nll);
      expect(Math.abs(loss - wanted)).toBeLessThan(1e-3);
      optimiser.step(model, gradient, lr);
    }
    // Of what the updates changed, not of the values, which would hide it.
    const updated = asCheckpoint(model, model.values);
    for (const [name, wanted] of goldenTensors('updated.')) {
      const start = before.get(name)!;
      expect(largestDifference(updated.get(name)!, wanted) / largestDifference(wanted, start), name).toBeLessThan(1e-3);
    }
    model.dispose();
  });
});
