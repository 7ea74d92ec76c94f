/** Attention token by token in float64, and cases for the tests of every backend. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { createRandom } from '../support/random.ts';
import { attentionMasks, segmentAttention, type AttentionPlan } from './attention.ts';

export function randomValues(count: number, seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

export function randomRows(rows: number, width: number, seed: number): tf.Tensor2D {
  return tf.tensor2d(randomValues(rows * width, seed), [rows, width]);
}

/** q, k and v, flat. */
type Inputs = readonly [q: Float32Array, k: Float32Array, v: Float32Array];

function randomInputs({ heads, kvHeads, headDim }: AttentionPlan, rows: number): Inputs {
  const [q, k, v] = [heads, kvHeads, kvHeads].map((count, i) => randomValues(rows * count * headDim, i));
  return [q!, k!, v!];
}

function toTensors(inputs: Inputs, rows: number): tf.Tensor2D[] {
  return inputs.map((values) => tf.tensor2d(values, [rows, values.length / rows]));
}

/** The same, token by token in float64. */
function reference([q, k, v]: Inputs, plan: AttentionPlan, rows: number): Float64Array {
  const { heads, kvHeads, headDim, segments, causal } = plan;
  const out = new Float64Array(rows * heads * headDim);
  for (const { start, length } of segments) {
    for (let head = 0; head < heads; head++) {
      const at = (row: number, i: number) => (row * heads + head) * headDim + i;
      const kvAt = (row: number, i: number) => (row * kvHeads + Math.floor(head / (heads / kvHeads))) * headDim + i;
      for (let row = start; row < start + length; row++) {
        const weights: number[] = [];
        for (let other = start; other < (causal ? row + 1 : start + length); other++) {
          let score = 0;
          for (let i = 0; i < headDim; i++) score += q[at(row, i)]! * k[kvAt(other, i)]!;
          weights.push(Math.exp(score));
        }
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        weights.forEach((weight, j) => {
          for (let i = 0; i < headDim; i++) out[at(row, i)]! += (weight / total) * v[kvAt(start + j, i)]!;
        });
      }
    }
  }
  return out;
}

/** Of every element. */
export function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 2e-5): void {
  expect(actual.length).toBe(wanted.length);
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) worst = Math.max(worst, Math.abs(actual[i]! - wanted[i]!));
  expect(worst).toBeLessThan(tolerance);
}

/** Name, plan, rows. */
export const attentionPlans: readonly (readonly [string, AttentionPlan, number])[] = [
  [
    'windows of two sizes, small enough for batches',
    {
      heads: 2,
      kvHeads: 2,
      headDim: 4,
      causal: false,
      segments: [
        { start: 0, length: 8 },
        { start: 8, length: 8 },
        { start: 16, length: 4 },
      ],
    },
    20,
  ],
  [
    'causal sequences with grouped heads',
    {
      heads: 4,
      kvHeads: 2,
      headDim: 4,
      causal: true,
      segments: [
        { start: 0, length: 6 },
        { start: 6, length: 6 },
      ],
    },
    12,
  ],
  [
    'a long causal sequence, one product per head on wasm',
    { heads: 4, kvHeads: 2, headDim: 8, causal: true, segments: [{ start: 0, length: 96 }] },
    96,
  ],
  [
    'images of many sizes, each head by itself',
    {
      heads: 3,
      kvHeads: 3,
      headDim: 5,
      causal: false,
      segments: [1, 7, 30, 2, 65].map((length, i, all) => ({
        start: all.slice(0, i).reduce((sum, one) => sum + one, 0),
        length,
      })),
    },
    105,
  ],
];

/** On the current backend. */
export async function expectValue(plan: AttentionPlan, rows: number): Promise<void> {
  const inputs = randomInputs(plan, rows);
  const value = tf.tidy(() => {
    const [q, k, v] = toTensors(inputs, rows);
    return segmentAttention(q!, k!, v!, plan, attentionMasks(plan));
  });
  expectClose(await value.data(), reference(inputs, plan, rows));
  value.dispose();
}

/** Along a direction for each input, on the current backend. */
export async function expectGradient(plan: AttentionPlan, rows: number): Promise<void> {
  const inputs = randomInputs(plan, rows);
  const weights = randomValues(rows * plan.heads * plan.headDim, 9);
  const gradients = tf.tidy(() =>
    tf.grads((q, k, v) =>
      segmentAttention(q as tf.Tensor2D, k as tf.Tensor2D, v as tf.Tensor2D, plan, attentionMasks(plan)),
    )(toTensors(inputs, rows), tf.tensor2d(weights, [rows, plan.heads * plan.headDim])),
  );
  const loss = (values: Inputs) =>
    reference(values, plan, rows).reduce((sum, value, i) => sum + value * weights[i]!, 0);
  for (const [index, input] of inputs.entries()) {
    const direction = randomValues(input.length, 20 + index);
    const moved = (step: number) =>
      loss(
        inputs.with(
          index,
          input.map((value, i) => value + step * direction[i]!),
        ) as unknown as Inputs,
      );
    const numeric = (moved(1e-2) - moved(-1e-2)) / 2e-2;
    const own = await gradients[index]!.data();
    const analytic = direction.reduce((sum, value, i) => sum + value * own[i]!, 0);
    expect(Math.abs(analytic - numeric)).toBeLessThan(1e-2 * Math.max(1, Math.abs(numeric)));
  }
  tf.dispose(gradients);
}
