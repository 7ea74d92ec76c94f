/** Masked negative log-likelihood (agent-spec §5.1, Eq. 1): mean over the trained tokens of the batch. */
import * as tf from '@tensorflow/tfjs-core';
import { takeRows } from '@agentiad/core/model/embedding.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { headLogits, languageHidden } from '@agentiad/core/model/language.ts';
import { withGradient } from '@agentiad/core/model/ops.ts';
import type { Params } from '@agentiad/core/model/params.ts';
import { visionEmbeds } from '@agentiad/core/model/vision.ts';
import type { SftBatch } from './batch.ts';

/** Scalar loss; differentiable in `params`. The head sees the trained positions only. */
export function sftLoss(params: Params, config: ModelConfig, batch: SftBatch): tf.Scalar {
  return tf.tidy(() => {
    const embeds = visionEmbeds(params, config, batch.pixelValues, batch.grids);
    const hidden = languageHidden(params, config, {
      ids: batch.ids,
      positionIds: batch.positionIds,
      lengths: batch.lengths,
      visual: { embeds, positions: batch.imagePositions },
    });
    const logits = headLogits(params, config, takeRows(hidden, batch.predictFrom)); // [N, V]
    return crossEntropy(logits, batch.targets);
  });
}

/** Mean over rows of -log softmax(logits)[target]; the gradient is (softmax - one-hot) / N. */
export function crossEntropy(logits: tf.Tensor2D, targets: Int32Array): tf.Scalar {
  const [rows, width] = logits.shape;
  return withGradient(
    [logits],
    () => {
      const oneHot = tf.cast(tf.oneHot(tf.tensor1d(targets, 'int32'), width), 'float32') as tf.Tensor2D;
      const logProbabilities = tf.sub(logits, tf.logSumExp(logits, 1, true));
      const value = tf.neg(tf.div(tf.sum(tf.mul(logProbabilities, oneHot)), rows)) as tf.Scalar;
      return { value, saved: [tf.sub(tf.exp(logProbabilities), oneHot)] };
    },
    (dy, [residual]) => [tf.mul(residual!, tf.div(dy, rows))],
  );
}
