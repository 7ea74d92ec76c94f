/** Masked negative log-likelihood (agent-spec §5.1, Eq. 1). */
import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '@agentiad/core/model/ops.ts';
import type { Objective } from '../nn/gradients.ts';

/**
 * Sum of -log p over the targets, divided by `tokens`: the trained tokens of the whole step, so that the losses and
 * gradients of its micro-batches add up to those of one batch.
 */
export function negativeLogLikelihood(tokens: number): Objective {
  return (logProbabilities) =>
    withGradient(
      [logProbabilities],
      () => ({ value: tf.div(tf.neg(tf.sum(logProbabilities)), tokens) as tf.Scalar, saved: [] }),
      (dy) => [tf.mul(tf.fill(logProbabilities.shape, -1 / tokens), dy)],
    );
}
