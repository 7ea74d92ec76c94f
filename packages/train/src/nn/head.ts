/**
 * The head on trained positions only, in row blocks, so that the logits of a whole batch (600 MB per 1,000 tokens at a
 * vocabulary of 151,936) never exist at once. Nothing is taped: the gradient is closed-form.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { headLogits } from '@agentiad/core/model/language.ts';
import { product } from '@agentiad/core/model/ops.ts';
import type { Params } from '@agentiad/core/model/params.ts';
import { embeddingName, headName, tableParts } from '@agentiad/core/model/params.ts';
import { runLogitsGradient, runTargetLogProbabilities } from './headPrograms.ts';

type Tensor2D = tf.Tensor2D;

/** Most logits that are held at once, in values (64 MiB). */
const maxLogits = 2 ** 24;

export interface HeadOptions {
  /** Log-probabilities are those of logits / temperature. */
  readonly temperature: number;
  readonly maxLogits?: number;
}

/** log softmax(hidden tableT / temperature)[target] of hidden [N, D]: [N]. */
export function headLogProbabilities(
  params: Params,
  config: ModelConfig,
  hidden: Tensor2D,
  targets: Int32Array,
  options: HeadOptions,
): tf.Tensor1D {
  return tf.tidy(() => {
    const parts = rowBlocks(hidden.shape[0], config, options).map(([start, count]) =>
      tf.tidy(() => {
        const logits = scaledLogits(params, config, tf.slice(hidden, [start, 0], [count, -1]), options);
        return targetLogProbabilities(logits, targets.slice(start, start + count));
      }),
    );
    return parts.length === 1 ? parts[0]! : tf.concat(parts);
  });
}

/**
 * Gradients of sum(slope * log-probabilities): of hidden [N, D] and, if the table is trained, of the table [V, D].
 * d log p / d logits = one-hot - softmax.
 */
export function headGradient(
  params: Params,
  config: ModelConfig,
  hidden: Tensor2D,
  targets: Int32Array,
  slope: tf.Tensor1D,
  isTableTrained: boolean,
  options: HeadOptions,
): { hidden: Tensor2D; table?: Tensor2D } {
  const [dHidden, table] = tf.tidy(() => {
    const tables = tableParts(params, config.text.tied ? embeddingName : headName);
    const parts: Tensor2D[] = [];
    let sum: Tensor2D | null = null;
    for (const [start, count] of rowBlocks(hidden.shape[0], config, options)) {
      const [dRows, dTable] = tf.tidy(() => {
        const rows = tf.slice(hidden, [start, 0], [count, -1]);
        const logits = scaledLogits(params, config, rows, options);
        const weights: tf.Tensor1D = tf.div(tf.slice(slope, start, count), options.temperature);
        const dLogits = logitsGradient(logits, targets.slice(start, start + count), weights);
        const dRows = backThrough(dLogits, tables);
        if (!isTableTrained) return [dRows];
        const own = product(dLogits, rows, true, false);
        return [dRows, sum ? (tf.add(sum, own) as Tensor2D) : own];
      });
      parts.push(dRows!);
      sum?.dispose();
      sum = dTable ?? null;
    }
    const all = parts.length === 1 ? parts[0]! : tf.concat(parts);
    return sum ? [all, sum] : [all];
  });
  return table ? { hidden: dHidden!, table } : { hidden: dHidden! };
}

function targetLogProbabilities(logits: Tensor2D, targets: Int32Array): tf.Tensor1D {
  if (tf.getBackend() === 'webgpu') return runTargetLogProbabilities(logits, targets);
  return tf.sub(tf.sum(tf.mul(logits, oneHot(targets, logits.shape[1])), 1), tf.logSumExp(logits, 1));
}

function logitsGradient(logits: Tensor2D, targets: Int32Array, weights: tf.Tensor1D): Tensor2D {
  if (tf.getBackend() === 'webgpu') return runLogitsGradient(logits, targets, weights);
  const slope = tf.sub(oneHot(targets, logits.shape[1]), tf.softmax(logits));
  return tf.mul(slope, tf.reshape(weights, [-1, 1]));
}

/** dLogits table, over the row blocks of a split table. */
function backThrough(dLogits: Tensor2D, tables: readonly Tensor2D[]): Tensor2D {
  if (tables.length === 1) return product(dLogits, tables[0]!);
  let first = 0;
  const sums = tables.map((table) => {
    const own = tf.slice(dLogits, [0, first], [-1, table.shape[0]]);
    first += table.shape[0];
    return product(own, table);
  });
  return tf.addN(sums);
}

function scaledLogits(params: Params, config: ModelConfig, hidden: Tensor2D, { temperature }: HeadOptions): Tensor2D {
  const logits = headLogits(params, config, hidden);
  return temperature === 1 ? logits : tf.div(logits, temperature);
}

function oneHot(targets: Int32Array, width: number): Tensor2D {
  return tf.cast(tf.oneHot(tf.tensor1d(targets, 'int32'), width), 'float32') as Tensor2D;
}

function rowBlocks(rows: number, config: ModelConfig, options: HeadOptions): [start: number, count: number][] {
  const step = Math.max(1, Math.floor((options.maxLogits ?? maxLogits) / config.text.vocabSize));
  const blocks: [number, number][] = [];
  for (let start = 0; start < rows; start += step) blocks.push([start, Math.min(step, rows - start)]);
  return blocks;
}
