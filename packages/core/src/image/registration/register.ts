/**
 * Registration: how an exemplar must be turned, scaled and moved to lie on the part, and whether that can be trusted.
 * Works on brightness at 512 pixels or less; made for parts in the same pose (up to 24° and a third in scale apart).
 */
import type { Raster } from '../raster.ts';
import { coarseCandidates } from './coarse.ts';
import { boxBlur, detailOf, lumaOf, reduce, sampleAt, shrink, shrinkFactor, type Plane } from './gray.ts';
import { refine } from './refine.ts';
import { compose, fitMapping, invert, mapPoint, scaling, type Similarity } from './similarity.ts';

export interface Registration {
  /** Exemplar pixels to part pixels. */
  readonly transform: Similarity;
  /** Normalised cross-correlation of what stands out in both, where they overlap: 1 = the same, 0 = nothing in common. */
  readonly correlation: number;
  /** Share of the part that the exemplar covers. */
  readonly overlap: number;
  /** Good enough to compare pixel by pixel. */
  readonly isReliable: boolean;
}

/** Below either, the two are shown side by side only. Chosen by measurement: see the test on the samples. */
export const RELIABLE = { correlation: 0.6, overlap: 0.6 } as const;

const FINEST_SIDE = 512;
const COARSEST_SIDE = 64;
const CANDIDATES = 6;

export function register(part: Raster, exemplar: Raster): Registration {
  const [partFactor, exemplarFactor] = [shrinkFactor(part), shrinkFactor(exemplar)];
  const found = registerSmall(shrink(part, partFactor), shrink(exemplar, exemplarFactor));
  const transform = compose(scaling(partFactor), compose(found.transform, scaling(1 / exemplarFactor)));
  return { ...found, transform };
}

function registerSmall(part: Raster, exemplar: Raster): Registration {
  const side = Math.min(FINEST_SIDE, longSide(part), longSide(exemplar));
  const levels = pyramid(part, exemplar, side);
  const coarsest = levels.at(-1)!;
  const starts = coarseCandidates(coarsest.part, coarsest.exemplar, CANDIDATES);
  starts.push(invert(fitMapping(coarsest.exemplar, coarsest.part)));
  const tried = starts.map((start) => {
    const map = refine(coarsest.part, coarsest.exemplar, start, 30);
    return { map, ...likeness(coarsest.part, coarsest.exemplar, map) };
  });
  let { map } = tried.reduce((best, next) => (worthOf(next) > worthOf(best) ? next : best));
  for (const { part: fixed, exemplar: moving } of levels.slice(0, -1).reverse()) {
    map = refine(fixed, moving, { ...map, x: map.x * 2, y: map.y * 2 }, 12);
  }
  const judged = levels[Math.min(1, levels.length - 1)]!;
  const shrink = levels[0] === judged ? 1 : 0.5;
  const { correlation, overlap } = likeness(judged.part, judged.exemplar, {
    ...map,
    x: map.x * shrink,
    y: map.y * shrink,
  });
  const inPixels = compose(scaling(longSide(exemplar) / side), compose(map, scaling(side / longSide(part))));
  return {
    transform: invert(inPixels),
    correlation,
    overlap,
    isReliable: correlation >= RELIABLE.correlation && overlap >= RELIABLE.overlap,
  };
}

function longSide({ width, height }: { readonly width: number; readonly height: number }): number {
  return Math.max(width, height);
}

/** Detail of both at `side` pixels and, halved again and again, down to the coarsest; finest first. */
function pyramid(part: Raster, exemplar: Raster, side: number): { part: Plane; exemplar: Plane }[] {
  let luma = {
    part: reduce(lumaOf(part), longSide(part) / side),
    exemplar: reduce(lumaOf(exemplar), longSide(exemplar) / side),
  };
  const levels = [];
  for (;;) {
    levels.push({ part: standingOut(luma.part), exemplar: standingOut(luma.exemplar) });
    if (longSide(luma.part) <= COARSEST_SIDE) return levels;
    luma = { part: reduce(luma.part, 2), exemplar: reduce(luma.exemplar, 2) };
  }
}

function standingOut(luma: Plane): Plane {
  return detailOf(boxBlur(luma, 1), Math.max(2, Math.round(longSide(luma) / 10)));
}

function worthOf({ correlation, overlap }: { readonly correlation: number; readonly overlap: number }): number {
  return correlation * Math.min(1, overlap / RELIABLE.overlap);
}

/** Correlation over the pixels of `part` that `map` takes into `exemplar`, and their share. */
function likeness(part: Plane, exemplar: Plane, map: Similarity): { correlation: number; overlap: number } {
  let [count, sumP, sumE, sumPP, sumEE, sumPE] = [0, 0, 0, 0, 0, 0];
  for (let y = 0; y < part.height; y++) {
    for (let x = 0; x < part.width; x++) {
      const at = mapPoint(map, { x: x + 0.5, y: y + 0.5 });
      const e = sampleAt(exemplar, at.x, at.y);
      if (Number.isNaN(e)) continue;
      const p = part.data[y * part.width + x]!;
      count += 1;
      sumP += p;
      sumE += e;
      sumPP += p * p;
      sumEE += e * e;
      sumPE += p * e;
    }
  }
  const varP = sumPP - (sumP * sumP) / count;
  const varE = sumEE - (sumE * sumE) / count;
  const correlation = varP > 0 && varE > 0 ? (sumPE - (sumP * sumE) / count) / Math.sqrt(varP * varE) : 0;
  return { correlation: Number.isFinite(correlation) ? correlation : 0, overlap: count / (part.width * part.height) };
}
