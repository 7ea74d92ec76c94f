import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { testBackends, useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { tinyConfig } from '@agentiad/core/model/tinyConfig.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { headGradient, headLogProbabilities } from '../nn/head.ts';
import { negativeLogLikelihood } from './objective.ts';

const ROWS = 5;
const WIDTH = 37;
const DEPTH = 6;
const config = tinyConfig({ vocab_size: WIDTH });
const random = createRandom(11);
// Logits up to some +-40, so that exponentials without care would overflow or vanish in float32.
const hidden = Float32Array.from({ length: ROWS * DEPTH }, () => 8 * random.normal());
const table = Float32Array.from({ length: WIDTH * DEPTH }, () => 2 * random.normal());
const targets = Int32Array.from({ length: ROWS }, () => random.integer(0, WIDTH - 1));

/** Mean loss and its gradients in float64; one row of logits at a time. */
function reference(temperature: number) {
  let loss = 0;
  const dHidden = new Float64Array(hidden.length);
  const dTable = new Float64Array(table.length);
  for (let row = 0; row < ROWS; row++) {
    const logits = Array.from({ length: WIDTH }, (_, id) => {
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

function expectClose(actual: Float32Array, wanted: Float64Array): void {
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  wanted.forEach((value, i) => expect(Math.abs(actual[i]! - value) / largest).toBeLessThan(1e-5));
}

describe.each(testBackends)('the head and its cross-entropy on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  it.each([
    ['in one piece', 2 ** 24, 1],
    ['in blocks of two rows', 2 * WIDTH, 1],
    ['at another temperature', 2 * WIDTH, 0.7],
  ])('agree with float64 %s, value and gradients, and leak nothing', (_, maxLogits, temperature) => {
    const before = tf.memory().numTensors;
    const wanted = reference(temperature);
    const params = { 'model.embed_tokens.weight': tf.tensor2d(table, [WIDTH, DEPTH]) };
    const x = tf.tensor2d(hidden, [ROWS, DEPTH]);
    const options = { temperature, maxLogits };
    const values = headLogProbabilities(params, config, x, targets, options);
    const { value, grads } = tf.engine().gradients(() => negativeLogLikelihood(ROWS)(values), [values]);
    const own = headGradient(params, config, x, targets, grads[0] as tf.Tensor1D, true, options);
    expect(value.dataSync()[0]).toBeCloseTo(wanted.loss, 4);
    expectClose(own.hidden.dataSync<'float32'>(), wanted.dHidden);
    expectClose(own.table!.dataSync<'float32'>(), wanted.dTable);
    const alone = headGradient(params, config, x, targets, grads[0] as tf.Tensor1D, false, options);
    expect(alone.table).toBeUndefined();
    tf.dispose([value, values, x, ...grads, own.hidden, own.table!, alone.hidden, ...Object.values(params)]);
    expect(tf.memory().numTensors).toBe(before);
  });

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
