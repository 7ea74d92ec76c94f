/** The matrix product of gemm.ts in float64, plain loops. */
import type { GemmSpec } from './gemmSpec.ts';

/**
 * `x` [m, columns], `weights` [rows (or 2 * rows), columns] and `bias` without padding; `before` [m, outWidth] is what
 * `out` held. Returns `out` [m, outWidth].
 */
export function gemmReference(
  spec: GemmSpec,
  x: Float32Array,
  weights: Float32Array,
  bias: Float32Array | null,
  before: Float32Array,
): Float64Array {
  const { rows, columns, epilogue, outStart, outWidth } = spec;
  const out = Float64Array.from(before);
  const sum = (m: number, row: number) => {
    let total = bias ? bias[row]! : 0;
    for (let k = 0; k < columns; k++) total += x[m * columns + k]! * weights[row * columns + k]!;
    return total;
  };
  for (let m = 0; m < x.length / columns; m++) {
    for (let n = 0; n < rows; n++) {
      const at = m * outWidth + outStart + n;
      const y = sum(m, n);
      if (epilogue === 'store') out[at] = y;
      else if (epilogue === 'residual') out[at] = out[at]! + y;
      else if (epilogue === 'gelu') out[at] = geluReference(y);
      else out[at] = (y / (1 + Math.exp(-y))) * sum(m, n + rows);
    }
  }
  return out;
}

/** y * (1 + erf(y / sqrt 2)) / 2, tails included. */
export function geluReference(y: number): number {
  return (y * erfc(-y / Math.SQRT2)) / 2;
}

/** Complementary error function: Taylor series near zero, continued fraction in the tail; about 1e-14. */
function erfc(z: number): number {
  if (z < 0) return 2 - erfc(-z);
  if (z < 2.5) {
    let term = z;
    let sum = z;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = z;
  for (let n = 60; n > 0; n--) fraction = z + n / 2 / fraction;
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / fraction;
}
