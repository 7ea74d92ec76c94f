/** Two-dimensional Fourier transform of small square planes, for correlation (radix-2, in place). */
import { assert } from '../../support/assert.ts';

/** Complex values of a `side` x `side` plane, row-major. */
export interface Spectrum {
  readonly side: number;
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export function emptySpectrum(side: number): Spectrum {
  assert(side > 0 && (side & (side - 1)) === 0, `${side} is not a power of two`);
  return { side, re: new Float64Array(side * side), im: new Float64Array(side * side) };
}

/** Transforms in place; `inverse` also divides by the number of values. */
export function transform({ side, re, im }: Spectrum, inverse = false): void {
  for (let row = 0; row < side; row++) transformLine(re, im, row * side, 1, side, inverse);
  for (let column = 0; column < side; column++) transformLine(re, im, column, side, side, inverse);
  if (!inverse) return;
  const count = side * side;
  for (let at = 0; at < count; at++) {
    re[at]! /= count;
    im[at]! /= count;
  }
}

function transformLine(re: Float64Array, im: Float64Array, from: number, step: number, length: number, back: boolean) {
  for (let i = 1, j = 0; i < length; i++) {
    let bit = length >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    const [p, q] = [from + i * step, from + j * step];
    [re[p], re[q]] = [re[q]!, re[p]!];
    [im[p], im[q]] = [im[q]!, im[p]!];
  }
  for (let size = 2; size <= length; size <<= 1) {
    const half = size >> 1;
    const angle = ((back ? 2 : -2) * Math.PI) / size;
    for (let k = 0; k < half; k++) {
      const [cos, sin] = [Math.cos(angle * k), Math.sin(angle * k)];
      for (let block = k; block < length; block += size) {
        const p = from + block * step;
        const q = p + half * step;
        const [x, y] = [re[q]! * cos - im[q]! * sin, re[q]! * sin + im[q]! * cos];
        re[q] = re[p]! - x;
        im[q] = im[p]! - y;
        re[p]! += x;
        im[p]! += y;
      }
    }
  }
}
