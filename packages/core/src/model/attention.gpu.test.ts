import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { attend, attentionMasks, causalMask, segmentAttention, type AttentionPlan } from './attention.ts';
import { attentionPlans, expectClose, expectGradient, expectValue, randomRows } from './attentionCases.ts';
import { longestSegment } from './webgpuAttention.ts';

it.each(attentionPlans)('is the reference in single programs, value and gradient: %s', async (_, plan, rows) => {
  await expectValue(plan, rows);
  await expectGradient(plan, rows);
});

it('has scores far apart, rows outside every segment at zero, and leaves no tensors', async () => {
  const before = tf.memory().numTensors;
  const plan: AttentionPlan = { heads: 1, kvHeads: 1, headDim: 2, causal: false, segments: [{ start: 1, length: 2 }] };
  const value = tf.tidy(() => {
    const q = tf.tensor2d([1, 1, 90, 90, -90, 1, 5, 5], [4, 2]);
    const v = tf.tensor2d([9, 9, 1, 2, 3, 4, 9, 9], [4, 2]);
    return segmentAttention(q, q, v, plan, attentionMasks(plan));
  });
  expectClose(await value.data(), [0, 0, 1, 2, 3, 4, 0, 0], 1e-6);
  value.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

it('is the product with all scores where a segment is longer than the programs are for', async () => {
  const length = longestSegment + 8;
  const plan: AttentionPlan = { heads: 1, kvHeads: 1, headDim: 4, causal: true, segments: [{ start: 0, length }] };
  const [value, wanted] = tf.tidy(() => {
    const [q, k, v] = [1, 2, 3].map((seed) => randomRows(length, 4, seed)) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const plain = attend(q, k, v, causalMask(length, length, 0, 1));
    return [segmentAttention(q, k, v, plan, attentionMasks(plan)), plain] as const;
  });
  expectClose(await value.data(), await wanted.data(), 1e-5);
  tf.dispose([value, wanted]);
});
