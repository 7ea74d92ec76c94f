/**
 * Where a kind of part is inspected: a region of interest and places to ignore, drawn once on an exemplar. Polygons are
 * in shares (0..1) of the upright image, so that they hold for every photograph of the kind whatever its size.
 */
import type { Size } from './box.ts';
import type { Raster } from './raster.ts';

/** At least three corners; the last one joins the first. Where it crosses itself, even-odd decides. */
export type Polygon = readonly (readonly [x: number, y: number])[];

export interface Areas {
  /** Inspected is what lies in any of these; empty: the whole image. */
  readonly roi: readonly Polygon[];
  /** Never inspected, also inside `roi`. */
  readonly ignore: readonly Polygon[];
}

export const WHOLE_IMAGE: Areas = { roi: [], ignore: [] };

/** What is put where nobody is to look: the middle grey that resizing and the feature tower take for nothing. */
const BLANK = 128;

export function isWholeImage({ roi, ignore }: Areas): boolean {
  return roi.length === 0 && ignore.length === 0;
}

/** True when the point, in shares of the image, is inspected. */
export function isInspected({ roi, ignore }: Areas, x: number, y: number): boolean {
  return (roi.length === 0 || roi.some((polygon) => contains(polygon, x, y))) && !ignore.some((p) => contains(p, x, y));
}

/** Row-major, 1 where the centre of a cell of the `rows` x `columns` grid over the image is inspected, else 0. */
export function areaMask(areas: Areas, rows: number, columns: number): Uint8Array {
  const mask = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++)
    markLine(areas, (row + 0.5) / rows, mask.subarray(row * columns, (row + 1) * columns));
  return mask;
}

/** Share (0..1) of the image that is inspected, counted on a grid of at most 512 cells a side. */
export function inspectedShare(areas: Areas, size: Size): number {
  if (isWholeImage(areas)) return 1;
  const mask = areaMask(areas, Math.min(size.height, 512), Math.min(size.width, 512));
  return mask.reduce((sum, inside) => sum + inside, 0) / mask.length;
}

/** The image with a flat grey where it is not inspected; the same object when all of it is. */
export function blankOutside(raster: Raster, areas: Areas): Raster {
  if (isWholeImage(areas)) return raster;
  const { width, height } = raster;
  const data = raster.data.slice();
  const line = new Uint8Array(width);
  for (let y = 0; y < height; y++) {
    markLine(areas, (y + 0.5) / height, line);
    for (let from = line.indexOf(0), to; from >= 0; from = to < 0 ? -1 : line.indexOf(0, to)) {
      to = line.indexOf(1, from);
      data.fill(BLANK, (y * width + from) * 3, (y * width + (to < 0 ? width : to)) * 3);
    }
  }
  return { width, height, data };
}

/** Sets each pixel of the line at height `y` (share) to 1 where its centre is inspected, else to 0. */
function markLine({ roi, ignore }: Areas, y: number, line: Uint8Array): void {
  line.fill(roi.length === 0 ? 1 : 0);
  for (const polygon of roi) fillInside(polygon, y, line, 1);
  for (const polygon of ignore) fillInside(polygon, y, line, 0);
}

/** One pass over the outline per line: shapes may have many corners. */
function fillInside(polygon: Polygon, y: number, line: Uint8Array, value: number): void {
  const sorted = crossings(polygon, y).sort((a, b) => a - b);
  // The first pixel whose centre lies at or right of the crossing.
  const cut = (x: number) => Math.min(Math.max(Math.ceil(x * line.length - 0.5), 0), line.length);
  for (let i = 0; i + 1 < sorted.length; i += 2) line.fill(value, cut(sorted[i]!), cut(sorted[i + 1]!));
}

function contains(polygon: Polygon, x: number, y: number): boolean {
  let isInside = false;
  for (const crossing of crossings(polygon, y)) if (crossing > x) isInside = !isInside;
  return isInside;
}

/** Where the outline crosses the horizontal line at `y`. */
function crossings(polygon: Polygon, y: number): number[] {
  const found: number[] = [];
  let [x1, y1] = polygon.at(-1) ?? [0, 0];
  for (const [x2, y2] of polygon) {
    if (y1 > y !== y2 > y) found.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
    [x1, y1] = [x2, y2];
  }
  return found;
}
