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
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (isInspected(areas, (column + 0.5) / columns, (row + 0.5) / rows)) mask[row * columns + column] = 1;
    }
  }
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
  for (let y = 0; y < height; y++) {
    const row = (y + 0.5) / height;
    // Whole runs of a line are inside or outside: only the crossings of the line have to be found.
    const spans = insideSpans(areas, row, width);
    let from = 0;
    for (const [start, end] of [...spans, [width, width] as const]) {
      data.fill(BLANK, (y * width + from) * 3, (y * width + start) * 3);
      from = end;
    }
  }
  return { width, height, data };
}

/** Inspected pixels of the line at height `y` (share) as half-open, ascending spans. */
function insideSpans(areas: Areas, y: number, width: number): [number, number][] {
  const edges = [...areas.roi, ...areas.ignore].flatMap((polygon) => crossings(polygon, y));
  // The first pixel whose centre lies at or right of the crossing.
  const cuts = new Set(edges.map((x) => Math.min(Math.max(Math.ceil(x * width - 0.5), 0), width)));
  const starts = [...new Set([0, ...cuts, width])].sort((a, b) => a - b);
  const spans: [number, number][] = [];
  for (let i = 0; i + 1 < starts.length; i++) {
    const [start, end] = [starts[i]!, starts[i + 1]!];
    if (isInspected(areas, (start + 0.5) / width, y)) spans.push([start, end]);
  }
  return spans;
}

function contains(polygon: Polygon, x: number, y: number): boolean {
  return crossings(polygon, y).filter((crossing) => crossing > x).length % 2 === 1;
}

/** Where the outline crosses the horizontal line at `y`. */
function crossings(polygon: Polygon, y: number): number[] {
  return polygon.flatMap(([x1, y1], index) => {
    const [x2, y2] = polygon[(index + 1) % polygon.length]!;
    return y1 > y === y2 > y ? [] : [x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)];
  });
}
