/**
 * The GRPO loss as an objective over log-probabilities (training.md §3.2, §3.3): clipped surrogate with its own bounds
 * above and below, dual clip, ratio per token or per sequence, and a KL penalty towards the reference. How tokens are
 * averaged lies in their weights (`plan.ts`), so that any split into micro-batches adds up to the same loss and gradient.
 */
import * as tf from '@tensorflow/tfjs-core';
import { withGradient } from '@agentiad/core/model/ops.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import type { KlEstimator } from './kl.ts';

export interface LossSettings {
  /** The ratio counts inside [1 - clipLow, 1 + clipHigh]. */
  readonly clipLow: number;
  readonly clipHigh: number;
  /** Bound (> 1) of the ratio for negative advantages; null: none. */
  readonly dualClip: number | null;
  readonly ratio: 'token' | 'sequence';
  /** 0 = no reference is needed. */
  readonly klWeight: number;
  readonly klEstimator: KlEstimator;
}

/** What the loss knows of each of the N trained tokens of a micro-batch; arrays of N. */
export interface TokenPlan {
  /** Log-probabilities under the policy that sampled, or rather: under the policy before the first update. */
  readonly old: Float32Array;
  /** Under the reference; null without a KL penalty. */
  readonly reference: Float32Array | null;
  readonly advantages: Float32Array;
  /** Share of the token in the loss of the whole batch. */
  readonly weights: Float32Array;
  /** First token of each sequence, ascending from 0. */
  readonly starts: readonly number[];
}

/**
 * Sum of weight * (surrogate + klWeight * KL), with its closed-form gradient. Works without registered gradients, on
 * every backend; all constants are freed with the caller's tidy.
 */
export function grpoObjective(plan: TokenPlan, settings: LossSettings): (logProbabilities: tf.Tensor1D) => tf.Scalar {
  const count = plan.old.length;
  const { klWeight } = settings;
  assert(klWeight === 0 || plan.reference, 'a KL penalty needs log-probabilities of the reference');
  return (logProbabilities) => {
    assert(logProbabilities.shape[0] === count, `${logProbabilities.shape[0]} log-probabilities for ${count} tokens`);
    return withGradient(
      [logProbabilities],
      () =>
        tf.tidy(() => {
          const weights = tf.tensor1d(plan.weights);
          const surrogate = clippedSurrogate(logProbabilities, plan, settings);
          const penalty = klWeight > 0 ? klPenalty(logProbabilities, plan.reference!, settings.klEstimator) : null;
          const perToken = penalty ? tf.add(surrogate.value, tf.mul(penalty.value, klWeight)) : surrogate.value;
          const own = tf.mul(weights, surrogate.slope);
          const shared = settings.ratio === 'sequence' ? meanOverSequences(own, plan.starts) : own;
          const slope = penalty ? tf.add(shared, tf.mul(weights, tf.mul(penalty.slope, klWeight))) : shared;
          return { value: tf.sum(tf.mul(weights, perToken)) as tf.Scalar, saved: [slope] };
        }),
      (dy, [slope]) => [tf.mul(slope!, dy)],
    );
  };
}

/** Loss and its derivative by the log-ratio, per token [N]; call inside a tidy. */
function clippedSurrogate(logProbabilities: tf.Tensor1D, plan: TokenPlan, settings: LossSettings) {
  const { clipLow, clipHigh, dualClip } = settings;
  const advantages = tf.tensor1d(plan.advantages);
  const difference = tf.sub(logProbabilities, tf.tensor1d(plan.old));
  const logRatio = settings.ratio === 'sequence' ? meanOverSequences(difference, plan.starts) : difference;
  const ratio = tf.exp(tf.clipByValue(logRatio, -LOG_RATIO_BOUND, LOG_RATIO_BOUND));
  const free = tf.mul(ratio, advantages);
  const clipped = tf.mul(tf.clipByValue(ratio, 1 - clipLow, 1 + clipHigh), advantages);
  // Equal inside the bounds: there the free branch is the active one.
  let active = tf.lessEqual(free, clipped);
  let gain = tf.minimum(free, clipped);
  if (dualClip !== null) {
    const floor = tf.mul(advantages, dualClip);
    const isBelow = tf.logicalAnd(tf.less(advantages, 0), tf.less(gain, floor));
    active = tf.logicalAnd(active, tf.logicalNot(isBelow));
    gain = tf.where(isBelow, floor, gain);
  }
  return { value: tf.neg(gain), slope: tf.neg(tf.mul(free, tf.cast(active, 'float32'))) };
}

/** Ratios beyond e^20 overflow before they mean anything more. */
const LOG_RATIO_BOUND = 20;

function klPenalty(logProbabilities: tf.Tensor1D, reference: Float32Array, estimator: KlEstimator) {
  const d = tf.sub(logProbabilities, tf.tensor1d(reference));
  switch (estimator) {
    case 'k1':
      return { value: d, slope: tf.onesLike(d) };
    case 'k2':
      return { value: tf.mul(tf.square(d), 0.5), slope: d };
    case 'k3': {
      const excess = tf.expm1(tf.neg(d));
      return { value: tf.add(excess, d), slope: tf.neg(excess) };
    }
  }
}

/** Gives every token the mean of `values` [N] over its sequence. The map is symmetric: derivatives go back through it. */
function meanOverSequences(values: tf.Tensor, starts: readonly number[]): tf.Tensor1D {
  const count = values.size;
  const share = new Float32Array(starts.length * count); // [S, N], rows of 1 / sqrt(length)
  starts.forEach((start, row) => {
    const end = starts[row + 1] ?? count;
    share.fill(1 / Math.sqrt(end - start), row * count + start, row * count + end);
  });
  const rows = tf.tensor2d(share, [starts.length, count]);
  const sums = tf.matMul(rows, tf.reshape(values, [count, 1]));
  return tf.reshape(tf.matMul(rows, sums, true, false), [count]);
}
