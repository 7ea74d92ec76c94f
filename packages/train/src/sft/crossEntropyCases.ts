/** The head and its cross-entropy against float64, on whatever backend is active. */
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { tinyConfig } from '@agentiad/core/model/tinyConfig.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { headGradient, headLogProbabilities } from '../nn/head.ts';
import { negativeLogLikelihood } from './objective.ts';

const ROWS = 5;
const DEPTH = 6;

interface Case {
  readonly width: number;
  readonly temperature: number;
  /** Rows of logits that are held at once. */
  readonly rows: number;
}

export const CROSS_ENTROPY_CASES: readonly (readonly [string, Case])[] = [
  ['in one piece', { width: 37, temperature: 1, rows: ROWS }],
  ['in blocks of two rows', { width: 37, temperature: 1, rows: 2 }],
  ['at another temperature', { width: 37, temperature: 0.7, rows: 2 }],
  ['over more tokens than a workgroup has lanes', { width: 700, temperature: 1, rows: ROWS }],
];

function makeCase(width: number) {
  const random = createRandom(11);
  // Logits up to some +-40, so that exponentials without care would overflow or vanish in float32.
  const hidden = Float32Array.from({ length: ROWS * DEPTH }, () => 8 * random.normal());
  const table = Float32Array.from({ length: width * DEPTH }, () => 2 * random.normal());
  const targets = Int32Array.from({ length: ROWS }, () => random.integer(0, width - 1));
  return { hidden, table, targets };
}

/** Mean loss and its gradients in float64; one row of logits at a time. */
function reference({ width, temperature }: Case) {
  const { hidden, table, targets } = makeCase(width);
  let loss = 0;
  const dHidden = new Float64Array(hidden.length);
  const dTable = new Float64Array(table.length);
  for (let row = 0; row < ROWS; row++) {
    const logits = Array.from({ length: width }, (_, id) => {
      let sum = 0;
      for (let i = 0; i < DEPTH; i++) sum += hidden[row * DEPTH + i]! * table[id * DEPTH + i]!;
      return sum / temperature;
    });
    const top = Math.max(...logits);
    const sum = logits.reduce((total, value) => total + Math.exp(value - top), 0);
    loss += (Math.log(sum) + top - logits[targets[row]!]!) / ROWS;
    logits.forEach((value, id) => {
      const d = (Math.exp(value - top) / sum - (id === targets[row] ? 1 : 0)) / ROWS / temperature;
      for (let i = 0; i < DEPTH; i++) {
        dHidden[row * DEPTH + i]! += d * table[id * DEPTH + i]!;
        dTable[id * DEPTH + i]! += d * hidden[row * DEPTH + i]!;
      }
    });
  }
  return { loss, dHidden, dTable };
}

function expectClose(actual: ArrayLike<number>, wanted: Float64Array, tolerance: number): void {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  wanted.forEach((value, i) => expect(Math.abs(actual[i]! - value) / largest).toBeLessThan(tolerance));
}

/** Value and gradients agree with float64, and no tensor is left. */
export async function expectCrossEntropy(own: Case, tolerance = 1e-5): Promise<void> {
  const { width, temperature, rows } = own;
  const before = tf.memory().numTensors;
  const wanted = reference(own);
  const { hidden, table, targets } = makeCase(width);
  const config = tinyConfig({ vocab_size: width });
  const params = { 'model.embed_tokens.weight': tf.tensor2d(table, [width, DEPTH]) };
  const x = tf.tensor2d(hidden, [ROWS, DEPTH]);
  const options = { temperature, maxLogits: rows * width };
  const values = headLogProbabilities(params, config, x, targets, options);
  const { value, grads } = tf.engine().gradients(() => negativeLogLikelihood(ROWS)(values), [values]);
  const slope = grads[0] as tf.Tensor1D;
  const found = headGradient(params, config, x, targets, slope, true, options);
  expect((await value.data())[0]).toBeCloseTo(wanted.loss, 4);
  expectClose(await found.hidden.data(), wanted.dHidden, tolerance);
  expectClose(await found.table!.data(), wanted.dTable, tolerance);
  const alone = headGradient(params, config, x, targets, slope, false, options);
  expect(alone.table).toBeUndefined();
  tf.dispose([value, values, x, ...grads, found.hidden, found.table!, alone.hidden, ...Object.values(params)]);
  expect(tf.memory().numTensors).toBe(before);
}
