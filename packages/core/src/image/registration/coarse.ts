/**
 * Where to start: every rotation and scale of a grid is tried on small images, the shift of each found at once by
 * phase correlation (Kuglin and Hines 1975).
 */
import type { Plane } from './gray.ts';
import { sampleAt } from './gray.ts';
import { emptySpectrum, transform, type Spectrum } from './fourier.ts';
import { aroundCentre, compose, mapPoint, type Similarity } from './similarity.ts';

/** What is searched; parts turned or scaled further are not found, and the quality says so. */
export const SEARCH = { maxDegrees: 24, maxScale: 1.32, maxShift: 0.3 } as const;

const SIDE = 64;
const DEGREES_STEP = 4;
const SCALE_STEPS = 4;

/** The most promising maps from `part` to `exemplar` (planes of at most 64 pixels a side), best first. */
export function coarseCandidates(part: Plane, exemplar: Plane, count: number): Similarity[] {
  const fixed = spectrumOf(part, part, { a: 1, b: 0, x: 0, y: 0 });
  const found: { map: Similarity; peak: number }[] = [];
  for (let degrees = -SEARCH.maxDegrees; degrees <= SEARCH.maxDegrees; degrees += DEGREES_STEP) {
    for (let step = -SCALE_STEPS; step <= SCALE_STEPS; step++) {
      const scale = SEARCH.maxScale ** (step / SCALE_STEPS);
      const map = aroundCentre(part, exemplar, { degrees, scale, dx: 0, dy: 0 });
      const { dx, dy, peak } = shiftBetween(fixed, spectrumOf(exemplar, part, map));
      found.push({ map: compose(map, { a: 1, b: 0, x: dx, y: dy }), peak });
    }
  }
  return found
    .sort((a, b) => b.peak - a.peak)
    .slice(0, count)
    .map(({ map }) => map);
}

/** Spectrum of `plane` as seen through `map` from the frame of `size`, faded out towards its edges. */
function spectrumOf(plane: Plane, size: { width: number; height: number }, map: Similarity): Spectrum {
  const spectrum = emptySpectrum(SIDE);
  for (let y = 0; y < size.height; y++) {
    const fadeY = Math.sin((Math.PI * (y + 0.5)) / size.height);
    for (let x = 0; x < size.width; x++) {
      const at = mapPoint(map, { x: x + 0.5, y: y + 0.5 });
      const value = sampleAt(plane, at.x, at.y);
      if (Number.isNaN(value)) continue;
      spectrum.re[y * SIDE + x] = value * Math.sqrt(fadeY * Math.sin((Math.PI * (x + 0.5)) / size.width));
    }
  }
  transform(spectrum);
  return spectrum;
}

/** The shift d for which `moved`(p + d) looks like `fixed`(p), and how distinct it is. */
function shiftBetween(fixed: Spectrum, moved: Spectrum): { dx: number; dy: number; peak: number } {
  const product = emptySpectrum(SIDE);
  for (let at = 0; at < SIDE * SIDE; at++) {
    const re = fixed.re[at]! * moved.re[at]! + fixed.im[at]! * moved.im[at]!;
    const im = fixed.re[at]! * moved.im[at]! - fixed.im[at]! * moved.re[at]!;
    // Half-way between plain and phase correlation: structure counts, noise in faint frequencies does not.
    const weight = Math.sqrt(Math.hypot(re, im)) + 1e-9;
    product.re[at] = re / weight;
    product.im[at] = im / weight;
  }
  transform(product, true);
  let best = { dx: 0, dy: 0, peak: -Infinity };
  const limit = SIDE * SEARCH.maxShift;
  for (let y = 0; y < SIDE; y++) {
    const dy = y < SIDE / 2 ? y : y - SIDE;
    if (Math.abs(dy) > limit) continue;
    for (let x = 0; x < SIDE; x++) {
      const dx = x < SIDE / 2 ? x : x - SIDE;
      const peak = product.re[y * SIDE + x]!;
      if (Math.abs(dx) <= limit && peak > best.peak) best = { dx, dy, peak };
    }
  }
  return best;
}
