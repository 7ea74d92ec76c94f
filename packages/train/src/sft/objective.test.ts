import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { testBackends, useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { tinyConfig } from '@agentiad/core/model/tinyConfig.ts';
import { headLogProbabilities } from '../nn/head.ts';
import { CROSS_ENTROPY_CASES, expectCrossEntropy } from './crossEntropyCases.ts';
import { negativeLogLikelihood } from './objective.ts';

const config = tinyConfig();

describe.each(testBackends)('the head and its cross-entropy on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  it.each(CROSS_ENTROPY_CASES)('agree with float64 %s, value and gradients, and leak nothing', (_, own) =>
    expectCrossEntropy(own),
  );

  it('S11: the loss of a model that knows nothing is ln V', () => {
    for (const [size, wanted] of [
      [1000, Math.log(1000)],
      [151936, 11.9312],
    ] as const) {
      const loss = tf.tidy(() => {
        const params = { 'model.embed_tokens.weight': tf.zeros<tf.Rank.R2>([size, 1]) };
        const ids = Int32Array.of(3, size - 1);
        const values = headLogProbabilities(params, config, tf.zeros([2, 1]), ids, { temperature: 1 });
        return negativeLogLikelihood(2)(values).dataSync()[0]!;
      });
      expect(loss).toBeCloseTo(wanted, 4);
    }
  });
});
