/**
 * The last step to a map's peak: of the pixels around a point, the one whose colour differs most from the exemplars'. A
 * fine cell is 2 x 2 pixels and sees what lies around it, so it may stand just beside a thin scratch. Choice of the
 * sizes: docs/results.md, "The evidence map".
 */
import type { Raster } from '../../image/raster.ts';

/** How far from the point, per axis, in pixels. */
const reach = 2;
/** How far around a corresponding place an exemplar is searched, in pixels. */
const search = 4;

type Point = readonly [x: number, y: number];

/** A window of an exemplar; add `shift` to a pixel of the part's window to get the corresponding one. */
export interface ExemplarWindow {
  readonly raster: Raster;
  readonly shift: Point;
}

/**
 * The middle of that pixel, or `from` when there is none; `window` and `from` are of the part, in pixels of the window.
 * `isAllowed` is asked about a pixel's middle.
 */
export function mostDifferentPixel(
  window: Raster,
  exemplars: readonly ExemplarWindow[],
  from: Point,
  isAllowed: (x: number, y: number) => boolean,
): Point {
  let best = from;
  let most = 0;
  const range = (middle: number, size: number) => {
    const first = Math.max(0, Math.ceil(middle - reach - 0.5));
    const last = Math.min(size - 1, Math.floor(middle + reach - 0.5));
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  };
  for (const y of range(from[1], window.height)) {
    for (const x of range(from[0], window.width)) {
      if (!isAllowed(x + 0.5, y + 0.5)) continue;
      const value = leastDifference(window, exemplars, x, y);
      if (value > most) [most, best] = [value, [x + 0.5, y + 0.5]];
    }
  }
  return best;
}

/** Smallest squared difference in colour of a pixel to any near the corresponding ones; 0 where there is none. */
function leastDifference(window: Raster, exemplars: readonly ExemplarWindow[], x: number, y: number): number {
  const at = (y * window.width + x) * 3;
  const [red, green, blue] = [window.data[at]!, window.data[at + 1]!, window.data[at + 2]!];
  let least = Infinity;
  for (const { raster, shift } of exemplars) {
    const { width, height, data } = raster;
    const [column, row] = [x + shift[0], y + shift[1]];
    for (let r = Math.max(0, row - search); r <= Math.min(height - 1, row + search); r++) {
      for (let c = Math.max(0, column - search); c <= Math.min(width - 1, column + search); c++) {
        const other = (r * width + c) * 3;
        const difference = (red - data[other]!) ** 2 + (green - data[other + 1]!) ** 2 + (blue - data[other + 2]!) ** 2;
        if (difference < least) least = difference;
      }
    }
  }
  return least === Infinity ? 0 : least;
}
