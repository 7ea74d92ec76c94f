/** The matrix product of gemm.ts in float64: reference.ts's linear layer with the epilogues of prefill. */
import type { GemmSpec } from './gemmSpec.ts';
import { gatedSiluReference, linearReference } from './reference.ts';

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
  const product = linearReference(x, weights, columns, bias);
  const y = epilogue === 'gatedSilu' ? gatedSiluReference(product, rows) : product;
  const out = Float64Array.from(before);
  y.forEach((value, i) => {
    const at = Math.floor(i / rows) * outWidth + outStart + (i % rows);
    if (epilogue === 'residual') out[at] = out[at]! + value;
    else out[at] = epilogue === 'gelu' ? geluReference(value) : value;
  });
  return out;
}

/** y * (1 + erf(y / sqrt 2)) / 2, tails included. */
function geluReference(y: number): number {
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
