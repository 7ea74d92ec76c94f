import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { attend, causalMask, segmentAttention, type AttentionPlan } from './attention.ts';
import { attentionPlans, expectClose, expectGradient, expectValue, randomRows } from './attentionCases.ts';
import { testBackends, useTestBackend } from './testBackend.ts';

describe.each(testBackends)('attention on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  it.each(attentionPlans)('equals the reference: %s', (_, plan, rows) => expectValue(plan, rows));

  it.each(attentionPlans)('has the gradient of the reference: %s', (_, plan, rows) => expectGradient(plan, rows));

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
