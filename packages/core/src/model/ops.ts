/**
 * Differentiable building blocks on TensorFlow.js operations, each with its own closed-form gradient: fewer and cheaper
 * kernels than the taped ones, and only kernels that the webgpu, wasm and cpu backends all have. As nothing else is
 * taped, training needs no registered gradients (`register_all_gradients.js` does not load in Node's ESM). Activations
 * are flat [N, D] (N = tokens or patches, D = features); linear weights are [in, out].
 */
import * as tf from '@tensorflow/tfjs-core';
import { runRmsNorm, runRotate } from './webgpuOps.ts';

type Tensor2D = tf.Tensor2D;

/**
 * An operation with a hand-written gradient. `forward` returns the value and what `backward` needs; `backward` gets the
 * gradient of the value and returns one gradient per input, in order.
 */
export function withGradient<T extends tf.Tensor>(
  inputs: readonly tf.Tensor[],
  forward: () => { value: T; saved: tf.Tensor[] },
  backward: (dy: T, saved: tf.Tensor[]) => tf.Tensor[],
): T {
  const operation = tf.customGrad((...args) => {
    const save = args[args.length - 1] as tf.GradSaveFunc;
    const { value, saved } = forward();
    save(saved);
    return { value: value as tf.Tensor, gradFunc: (dy, kept) => backward(dy as T, kept) };
  });
  return operation(...inputs) as T;
}

/**
 * Matrix product of 2-D or batched 3-D tensors. The wasm backend runs only plain 2-D products through its fast path
 * (38 against 3 GFLOP/s on one core), so there the smaller operand is transposed by itself.
 */
export function product<T extends tf.Tensor>(a: T, b: T, transposeA = false, transposeB = false): T {
  if (tf.getBackend() !== 'wasm' || a.rank > 2 || !(transposeA || transposeB)) {
    return tf.matMul(a, b, transposeA, transposeB);
  }
  return tf.tidy(() => {
    const right = transposeB ? tf.transpose(b) : b;
    if (!transposeA) return tf.matMul(a, right);
    if (b.size < a.size) return tf.transpose(tf.matMul(transposeB ? b : tf.transpose(b), a)) as T; // (bT a)T = aT b
    return tf.matMul(tf.transpose(a), right);
  });
}

/** Sum over rows: [N, D] to [D]. As a product, because a reduction over the outer axis transposes first. */
export function sumRows(x: Tensor2D): tf.Tensor1D {
  return tf.tidy(() => tf.reshape(tf.matMul(tf.ones<tf.Rank.R2>([1, x.shape[0]]), x), [x.shape[1]]) as tf.Tensor1D);
}

/** a + b of equal shapes. */
export function add(a: Tensor2D, b: Tensor2D): Tensor2D {
  const copy = (dy: Tensor2D): tf.Tensor => tf.reshape(dy, dy.shape); // the tape disposes each gradient by itself
  return withGradient(
    [a, b],
    () => ({ value: tf.add(a, b) as Tensor2D, saved: [] }),
    (dy) => [copy(dy), copy(dy)],
  );
}

/** The same values in rows of another width. */
export function reshapeRows(x: Tensor2D, width: number): Tensor2D {
  const { shape } = x;
  return withGradient(
    [x],
    () => ({ value: tf.reshape(x, [-1, width]) as Tensor2D, saved: [] }),
    (dy) => [tf.reshape(dy, shape)],
  );
}

/** x W + b: [N, in] times [in, out]. */
export function linear(x: Tensor2D, weight: tf.Tensor, bias?: tf.Tensor): Tensor2D {
  const w = weight as Tensor2D;
  return withGradient(
    bias ? [x, w, bias] : [x, w],
    () => ({ value: (bias ? tf.fused.matMul({ a: x, b: w, bias }) : tf.matMul(x, w)) as Tensor2D, saved: [x, w] }),
    (dy, [x0, w0]) => {
      const gradients: tf.Tensor[] = [
        product(dy, w0 as Tensor2D, false, true),
        product(x0 as Tensor2D, dy, true, false),
      ];
      return bias ? [...gradients, sumRows(dy)] : gradients;
    },
  );
}

/** x / sqrt(mean(x^2) + eps) * weight over the last axis of [N, D]. */
export function rmsNorm(x: Tensor2D, weight: tf.Tensor, eps: number): Tensor2D {
  if (tf.getBackend() === 'webgpu') return fusedRmsNorm(x, weight, eps);
  return withGradient(
    [x, weight],
    () => {
      const scale = tf.rsqrt(tf.add(tf.mean(tf.square(x), 1, true), eps)); // [N, 1]
      const normed: Tensor2D = tf.mul(x, scale);
      return { value: tf.mul(normed, weight) as Tensor2D, saved: [normed, scale, weight] };
    },
    (dy, [normed, scale, weight0]) => {
      const dWeight = sumRows(tf.mul(dy, normed!) as Tensor2D);
      const dNormed = tf.mul(dy, weight0!);
      const along = tf.mean(tf.mul(dNormed, normed!), 1, true); // [N, 1]
      return [tf.mul(tf.sub(dNormed, tf.mul(normed!, along)), scale!), dWeight];
    },
  );
}

function fusedRmsNorm(x: Tensor2D, weight: tf.Tensor, eps: number): Tensor2D {
  return withGradient(
    [x, weight],
    () => ({ value: runRmsNorm('value', { x, weight }, eps), saved: [x, weight] }),
    (dy, saved) => {
      const [x0, weight0] = saved as [Tensor2D, tf.Tensor];
      const dWeight = tf.tidy(() => sumRows(runRmsNorm('dWeight', { x: x0, dy }, eps)));
      return [runRmsNorm('dx', { x: x0, weight: weight0, dy }, eps), dWeight];
    },
  );
}

/** silu(gate) * up, elementwise: the middle of a gated MLP. */
export function gatedSilu(gate: Tensor2D, up: Tensor2D): Tensor2D {
  return withGradient(
    [gate, up],
    () => {
      const sigmoid = tf.sigmoid(gate);
      const silu = tf.mul(gate, sigmoid);
      return { value: tf.mul(silu, up) as Tensor2D, saved: [sigmoid, silu, up] };
    },
    (dy, [sigmoid, silu, up0]) => {
      // d silu / d gate = sigmoid + silu * (1 - sigmoid)
      const slope = tf.sub(tf.add(sigmoid!, silu!), tf.mul(silu!, sigmoid!));
      return [tf.mul(tf.mul(dy, up0!), slope), tf.mul(dy, silu!)];
    },
  );
}

/** Exact GELU: x * (1 + erf(x / sqrt 2)) / 2. */
export function gelu(x: Tensor2D): Tensor2D {
  return withGradient(
    [x],
    () => {
      const cdf = tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5);
      return { value: tf.mul(x, cdf) as Tensor2D, saved: [x, cdf] };
    },
    (dy, [x0, cdf]) => {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x0!), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return [tf.mul(dy, tf.add(cdf!, tf.mul(x0!, density)))];
    },
  );
}

/** cos and sin [N, heads * headDim] of rotary positions, one table for all layers. Owned by the caller. */
export interface RotaryTables {
  readonly cos: Tensor2D;
  readonly sin: Tensor2D;
  /** [headDim, headDim]: x times it is rotate_half(x) = (-x2, x1). */
  readonly rotation: Tensor2D;
}

/** Tables of `angles` [N, headDim / 2] repeated for `heads`; `scale` is folded in (1 / sqrt(headDim) for queries). */
export function rotaryTables(angles: Float32Array, heads: number, headDim: number, scale = 1): RotaryTables {
  const half = headDim / 2;
  const count = angles.length / half;
  const cos = new Float32Array(count * heads * headDim);
  const sin = new Float32Array(count * heads * headDim);
  for (let n = 0; n < count; n++) {
    const row = n * heads * headDim;
    for (let i = 0; i < half; i++) {
      const angle = angles[n * half + i]!;
      cos[row + i] = cos[row + half + i] = Math.cos(angle) * scale;
      sin[row + i] = sin[row + half + i] = Math.sin(angle) * scale;
    }
    for (let head = 1; head < heads; head++) {
      cos.copyWithin(row + head * headDim, row, row + headDim);
      sin.copyWithin(row + head * headDim, row, row + headDim);
    }
  }
  const rotation = new Float32Array(headDim * headDim);
  for (let i = 0; i < half; i++) {
    rotation[(half + i) * headDim + i] = -1;
    rotation[i * headDim + half + i] = 1;
  }
  return {
    cos: tf.tensor2d(cos, [count, heads * headDim]),
    sin: tf.tensor2d(sin, [count, heads * headDim]),
    rotation: tf.tensor2d(rotation, [headDim, headDim]),
  };
}

/** x cos + rotate_half(x) sin on [N, heads * headDim]. */
export function rotate(x: Tensor2D, tables: RotaryTables): Tensor2D {
  const { cos, sin, rotation } = tables;
  const headDim = rotation.shape[0];
  if (tf.getBackend() === 'webgpu') {
    return withGradient(
      [x],
      () => ({ value: runRotate(x, cos, sin, headDim, false), saved: [cos, sin] }),
      (dy, [cos0, sin0]) => [runRotate(dy, cos0!, sin0!, headDim, true)],
    );
  }
  const turned = (y: tf.Tensor, turn: tf.Tensor, transposed: boolean): tf.Tensor =>
    tf.reshape(product(tf.reshape(y, [-1, headDim]), turn, false, transposed), y.shape);
  return withGradient(
    [x],
    () => ({
      value: tf.add(tf.mul(x, cos), tf.mul(turned(x, rotation, false), sin)) as Tensor2D,
      saved: [cos, sin, rotation],
    }),
    (dy, [cos0, sin0, rotation0]) => [tf.add(tf.mul(dy, cos0!), turned(tf.mul(dy, sin0!), rotation0!, true))],
  );
}
