import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { testBackends, useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { crossEntropy } from './objective.ts';

const ROWS = 5;
const WIDTH = 37;
const random = createRandom(11);
// Up to +-40, so that exponentials without care would overflow or vanish in float32.
const logits = Float32Array.from({ length: ROWS * WIDTH }, () => 40 * (2 * random.next() - 1));
const targets = Int32Array.from({ length: ROWS }, () => random.integer(0, WIDTH - 1));

/** Loss and gradient in float64. */
function reference(): { loss: number; gradient: number[] } {
  let loss = 0;
  const gradient: number[] = [];
  for (let row = 0; row < ROWS; row++) {
    const own = [...logits.subarray(row * WIDTH, (row + 1) * WIDTH)];
    const top = Math.max(...own);
    const sum = own.reduce((total, value) => total + Math.exp(value - top), 0);
    loss += (Math.log(sum) + top - own[targets[row]!]!) / ROWS;
    own.forEach((value, id) => gradient.push((Math.exp(value - top) / sum - (id === targets[row] ? 1 : 0)) / ROWS));
  }
  return { loss, gradient };
}

describe.each(testBackends)('crossEntropy on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  it('agrees with float64, value and gradient, and leaks nothing', async () => {
    const before = tf.memory().numTensors;
    const expected = reference();
    const input = tf.tensor2d(logits, [ROWS, WIDTH]);
    const { value, grad } = tf.valueAndGrad((x) => crossEntropy(x as tf.Tensor2D, targets))(input);
    expect((await value.data())[0]).toBeCloseTo(expected.loss, 4);
    const gradient = await grad.data();
    expected.gradient.forEach((entry, index) => expect(gradient[index]).toBeCloseTo(entry, 6));
    tf.dispose([input, value, grad]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('is ln V for a model that knows nothing', async () => {
    const loss = tf.tidy(() => crossEntropy(tf.zeros([2, 1000]), Int32Array.of(3, 999)));
    expect((await loss.data())[0]).toBeCloseTo(Math.log(1000), 5);
    loss.dispose();
  });

  it('scales its gradient with what comes from above', async () => {
    const input = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const own = Int32Array.of(0, 1);
    const gradient = tf.grad((x) => crossEntropy(x as tf.Tensor2D, own));
    const three = tf.scalar(3);
    const [plain, tripled] = [gradient(input), gradient(input, three)];
    const [a, b] = [await plain.data(), await tripled.data()];
    a.forEach((value, index) => expect(b[index]).toBeCloseTo(3 * value, 6));
    tf.dispose([input, three, plain, tripled]);
  });
});
