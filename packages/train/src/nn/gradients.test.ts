import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { tinyConfig, tinyConfigJson } from '@agentiad/core/model/tinyConfig.ts';
import { withGradient } from '@agentiad/core/model/ops.ts';
import { testBackends, useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { negativeLogLikelihood } from '../sft/objective.ts';
import type { FlatGradient, Objective } from './gradients.ts';
import { addGradient, gradients, logProbabilities, zeroGradient } from './gradients.ts';
import { widened } from './packedMatrix.ts';
import { TEST_CONFIG, TEST_LORA, testBatch, testModel } from './testBatch.ts';
import type { TrainingModelOptions } from './trainingModel.ts';

const batch = testBatch();
const nll = negativeLogLikelihood(batch.targets.length);

/** Curved, so that its slope depends on the log-probabilities: sum of squares. */
const curved: Objective = (values) =>
  withGradient(
    [values],
    () => ({ value: tf.sum(tf.square(values)) as tf.Scalar, saved: [values] }),
    (dy, [kept]) => [tf.mul(tf.mul(kept!, 2), dy)],
  );

const kinds: readonly (readonly [string, Partial<TrainingModelOptions>])[] = [
  ['everything', { frozen: 'none' }],
  ['everything, untied', { frozen: 'none', config: tinyConfig({ tie_word_embeddings: false }) }],
  ['all but the vision tower', { frozen: 'vision' }],
  ['an adapter', { frozen: 'base', adapter: TEST_LORA }],
  ['an adapter on int4', { frozen: 'base', adapter: TEST_LORA, base: 'q4' }],
];

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function unit(values: Float32Array): Float32Array {
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return values.map((value) => value / length);
}

function expectClose(actual: FlatGradient, wanted: FlatGradient, tolerance: number): void {
  const difference = wanted.values.map((value, i) => value - actual.values[i]!);
  expect(largest(difference)).toBeLessThan(tolerance * largest(wanted.values));
}

describe.each(testBackends)('gradients on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  it.each(kinds)('training %s: block by block equals the whole graph, and no tensor is left', async (_, kind) => {
    const before = tf.memory().numTensors;
    const blocks = await testModel({ ...kind, recompute: true });
    const whole = await testModel({ ...kind, recompute: false });
    const [a, b] = [await gradients(blocks, batch, curved), await gradients(whole, batch, curved)];
    expect(a.loss).toBeCloseTo(b.loss, 4);
    a.logProbabilities.forEach((value, i) => expect(value).toBeCloseTo(b.logProbabilities[i]!, 5));
    expectClose(a.gradient, b.gradient, 1e-5);
    // Every trained tensor has a gradient.
    for (const { name, from, to } of blocks.spans) {
      expect(largest(a.gradient.values.subarray(from, to)), name).toBeGreaterThan(0);
    }
    [blocks, whole].forEach((model) => model.dispose());
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('gradients', () => {
  beforeAll(() => useTestBackend('cpu'));

  it.each(kinds)('training %s: they are the slopes along random directions', async (_, kind) => {
    const model = await testModel(kind);
    const { gradient } = await gradients(model, batch, nll);
    const random = createRandom(8);
    const start = model.values.slice();
    const step = 5e-3;
    const lossAt = async (direction: Float32Array, size: number) => {
      direction.forEach((value, i) => (model.values[i] = start[i]! + size * value));
      model.upload();
      const values = await logProbabilities(model, batch);
      return -values.reduce((sum, value) => sum + value, 0) / values.length;
    };
    for (let trial = 0; trial < 3; trial++) {
      // At random, but never across the gradient, where the slope would be lost in rounding; of length 1.
      const towards = unit(gradient.values);
      const aside = unit(gradient.values.map(() => random.normal()));
      const direction = unit(towards.map((value, i) => value + aside[i]!));
      const slope = ((await lossAt(direction, step)) - (await lossAt(direction, -step))) / (2 * step);
      const wanted = direction.reduce((sum, value, i) => sum + value * gradient.values[i]!, 0);
      expect(Math.abs(slope - wanted) / Math.abs(wanted)).toBeLessThan(1e-2);
    }
    model.dispose();
  });

  it('of a trained tower hold one of its blocks at a time', async () => {
    const bytesAt = async (depth: number, recompute: boolean) => {
      const own = tinyConfig({ vision_config: { ...(tinyConfigJson()['vision_config'] as object), depth } });
      const model = await testModel({ config: own, recompute });
      const before = tf.memory().numBytes;
      const { peakBytes } = await tf.profile(async () => {
        await gradients(model, batch, nll);
        return [];
      });
      model.dispose();
      return peakBytes - before;
    };
    const growth = async (recompute: boolean) => (await bytesAt(8, recompute)) - (await bytesAt(4, recompute));
    expect(await growth(true)).toBeLessThan(0.25 * (await growth(false)));
  });

  it('divide log-probabilities by the temperature before the softmax, in value and gradient', async () => {
    const model = await testModel({ frozen: 'base', adapter: TEST_LORA });
    const cool = await gradients(model, batch, nll, { temperature: 0.7 });
    const plain = await logProbabilities(model, batch);
    const again = await logProbabilities(model, batch, { temperature: 0.7 });
    expect([...again]).toEqual([...cool.logProbabilities]);
    expect([...plain]).not.toEqual([...again]);
    const whole = await testModel({ frozen: 'base', adapter: TEST_LORA, recompute: false });
    expectClose((await gradients(whole, batch, nll, { temperature: 0.7 })).gradient, cool.gradient, 1e-5);
    [model, whole].forEach(({ dispose }) => dispose());
  });

  it('add up over micro-batches', async () => {
    const model = await testModel({ frozen: 'base', adapter: TEST_LORA });
    const one = await gradients(model, batch, nll);
    const sum = zeroGradient(model);
    addGradient(sum, one.gradient);
    addGradient(sum, one.gradient);
    expectClose({ values: sum.values.map((value) => value / 2) }, one.gradient, 1e-7);
    model.dispose();
  });
});

describe('a model with an adapter', () => {
  beforeAll(() => useTestBackend('cpu'));

  it('is the base while B is zero, and with the adapter off at any time', async () => {
    const base = await testModel();
    const tuned = await testModel({ frozen: 'base', adapter: TEST_LORA });
    const wanted = await logProbabilities(base, batch);
    expect([...(await logProbabilities(tuned, batch, { adapter: false }))]).toEqual([...wanted]);
    expect([...(await logProbabilities(tuned, batch))]).not.toEqual([...wanted]);
    tuned.spans.forEach(({ name, from, to }) => name.includes('lora_B') && tuned.values.fill(0, from, to));
    tuned.upload();
    (await logProbabilities(tuned, batch)).forEach((value, i) => expect(value).toBeCloseTo(wanted[i]!, 6));
    [base, tuned].forEach(({ dispose }) => dispose());
  });

  it('keeps int4 matrices packed: never more than one is widened', async () => {
    const model = await testModel({ frozen: 'base', adapter: TEST_LORA, base: 'q4' });
    expect(model.packed.size).toBe(7 * TEST_CONFIG.text.layers);
    expect(Object.keys(model.params).filter((name) => name.endsWith('q_proj.weight'))).toEqual([]);
    widened.most = 0;
    await gradients(model, batch, nll);
    expect(widened).toEqual({ alive: 0, most: 1 });
    model.dispose();
  });

  it('does not train what lies in the vision tower, although modules there have the same names', async () => {
    const model = await testModel({ frozen: 'base', adapter: TEST_LORA });
    expect(model.trainable.filter((name) => name.includes('visual'))).toEqual([]);
    expect(model.trainable).toHaveLength(2 * 7 * TEST_CONFIG.text.layers);
    model.dispose();
  });
});
