import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { attend, attentionMasks, causalMask, segmentAttention, type AttentionPlan } from './attention.ts';
import { testBackends, useTestBackend } from './testBackend.ts';

function randomRows(rows: number, width: number, seed: number): tf.Tensor2D {
  const random = createRandom(seed);
  return tf.tensor2d(
    Float32Array.from({ length: rows * width }, () => random.normal()),
    [rows, width],
  );
}

/** The same, token by token in float64. */
function reference(q: tf.Tensor2D, k: tf.Tensor2D, v: tf.Tensor2D, plan: AttentionPlan): number[] {
  const { heads, kvHeads, headDim, segments, causal } = plan;
  const [qs, ks, vs] = [q.arraySync(), k.arraySync(), v.arraySync()];
  const out = qs.map((row) => row.map(() => 0));
  for (const { start, length } of segments) {
    for (let head = 0; head < heads; head++) {
      const at = (i: number) => head * headDim + i;
      const kvAt = (i: number) => Math.floor(head / (heads / kvHeads)) * headDim + i;
      for (let row = start; row < start + length; row++) {
        const weights: number[] = [];
        for (let other = start; other < (causal ? row + 1 : start + length); other++) {
          let score = 0;
          for (let i = 0; i < headDim; i++) score += qs[row]![at(i)]! * ks[other]![kvAt(i)]!;
          weights.push(Math.exp(score));
        }
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        weights.forEach((weight, j) => {
          for (let i = 0; i < headDim; i++) out[row]![at(i)]! += (weight / total) * vs[start + j]![kvAt(i)]!;
        });
      }
    }
  }
  return out.flat();
}

function expectClose(actual: ArrayLike<number>, wanted: ArrayLike<number>, tolerance = 2e-5): void {
  expect(actual.length).toBe(wanted.length);
  let worst = 0;
  for (let i = 0; i < wanted.length; i++) worst = Math.max(worst, Math.abs(actual[i]! - wanted[i]!));
  expect(worst).toBeLessThan(tolerance);
}

const plans: [string, AttentionPlan, number][] = [
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
];

describe.each(testBackends)('attention on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  it.each(plans)('equals the reference: %s', (_, plan, rows) => {
    tf.tidy(() => {
      const q = randomRows(rows, plan.heads * plan.headDim, 1);
      const k = randomRows(rows, plan.kvHeads * plan.headDim, 2);
      const v = randomRows(rows, plan.kvHeads * plan.headDim, 3);
      expectClose(segmentAttention(q, k, v, plan, attentionMasks(plan)).dataSync(), reference(q, k, v, plan));
    });
  });

  it.each(plans)('has the gradient of the reference: %s', (_, plan, rows) => {
    tf.tidy(() => {
      const inputs = [plan.heads, plan.kvHeads, plan.kvHeads].map((heads, i) =>
        randomRows(rows, heads * plan.headDim, i),
      );
      const dy = randomRows(rows, plan.heads * plan.headDim, 9);
      const gradients = tf.grads((q, k, v) =>
        segmentAttention(q as tf.Tensor2D, k as tf.Tensor2D, v as tf.Tensor2D, plan, attentionMasks(plan)),
      )(inputs, dy);
      const weights = dy.dataSync();
      const loss = (values: tf.Tensor2D[]) =>
        reference(values[0]!, values[1]!, values[2]!, plan).reduce((sum, value, i) => sum + value * weights[i]!, 0);
      inputs.forEach((input, i) => {
        const direction = randomRows(rows, input.shape[1], 20 + i);
        const moved = (step: number) =>
          loss(inputs.map((other, j) => (j === i ? tf.add(other, tf.mul(direction, step)) : other)));
        const numeric = (moved(1e-2) - moved(-1e-2)) / 2e-2;
        const analytic = tf.sum(tf.mul(gradients[i]!, direction)).dataSync()[0]!;
        expect(Math.abs(analytic - numeric)).toBeLessThan(1e-2 * Math.max(1, Math.abs(numeric)));
      });
    });
  });

  it('gives the same in blocks of query rows as in one piece', () => {
    tf.tidy(() => {
      const [q, k, v] = [1, 2, 3].map((seed) => tf.reshape(randomRows(20, 4, seed), [2, 10, 4]) as tf.Tensor3D);
      const mask = causalMask(10, 10, 0, 1);
      expectClose(attend(q!, k!, v!, mask, 60).dataSync(), attend(q!, k!, v!, mask).dataSync(), 1e-6);
    });
  });

  it('leaves rows outside the segments at zero', () => {
    tf.tidy(() => {
      const plan: AttentionPlan = {
        heads: 2,
        kvHeads: 2,
        headDim: 32,
        causal: false,
        segments: [{ start: 0, length: 64 }],
      };
      const x = randomRows(70, 64, 1);
      if (backend === 'wasm') {
        const out = segmentAttention(x, x, x, plan, new Map()).arraySync();
        expect(
          out
            .slice(64)
            .flat()
            .every((value) => value === 0),
        ).toBe(true);
      } else {
        expect(() => segmentAttention(x, x, x, plan, new Map())).toThrow(/segments cover 64 of 70/);
      }
    });
  });
});
