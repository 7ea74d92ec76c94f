/** The smallest proof that a backend computes: a matrix product held against float64. */
import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '@agentiad/core/support/random.ts';

/** Largest absolute error of a random [m, k] x [k, n] product on the current backend, entries uniform in [-1, 1). */
export async function largestProductError(m: number, k: number, n: number): Promise<number> {
  const random = createRandom(7);
  const left = Float32Array.from({ length: m * k }, () => 2 * random.next() - 1);
  const right = Float32Array.from({ length: k * n }, () => 2 * random.next() - 1);
  const product = tf.tidy(() => tf.matMul(tf.tensor2d(left, [m, k]), tf.tensor2d(right, [k, n])));
  const values = await product.data();
  product.dispose();
  let largest = 0;
  for (let row = 0; row < m; row++) {
    for (let column = 0; column < n; column++) {
      let exact = 0;
      for (let i = 0; i < k; i++) exact += left[row * k + i]! * right[i * n + column]!;
      largest = Math.max(largest, Math.abs(exact - values[row * n + column]!));
    }
  }
  return largest;
}
