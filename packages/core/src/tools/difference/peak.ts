/**
 * Where exactly is the peak of a map? Its cells are 8 pixels wide and many defects are thinner, so the tower's first
 * layers look again, at a window around the peak, 2 pixels per cell: each fine cell's distance to the exemplars near the
 * same place and near their patch most like the peak's, averaged over 5 x 5 and weighed with the map itself; then the
 * pixels themselves. What was tried instead, and the figures: docs/results.md, "The evidence map".
 */
import { cropRaster } from '../../image/crop.ts';
import type { Box, Size } from '../../image/box.ts';
import type { FeatureTower, FineFeatures, PatchFeatures } from './featureTower.ts';
import { mostDifferentPixel, type ExemplarWindow } from './pixelStep.ts';
import { largest, type ScoreMap } from './scoreMap.ts';
import type { SeenView } from './seenView.ts';

/** How far from the map's own peak the finer one may lie, per axis, in pixels of the tower's input. */
const reach = 4;
/** How far around a corresponding place an exemplar is searched, in fine cells. */
const search = 4;
/** The averaging window is this many fine cells to each side. */
const blur = 2;
/** Side of the windows, pixels: room for reach, search, blur and the rim that sees the window's edge (6 pixels) to both sides. */
const windowSide = 56;
/** Exemplars looked at: those with the patches most like the peak's. */
const exemplarLimit = 8;

type Point = readonly [x: number, y: number];

export interface PeakRequest {
  readonly tower: FeatureTower;
  readonly query: SeenView;
  readonly banks: readonly SeenView[];
  /** Distances of `query`, as weighed for pointing. */
  readonly pointing: ScoreMap;
  /** Whether the peak may lie there; normalised in the view. */
  isAllowed(x: number, y: number): boolean;
}

/** The peak, normalised in the view of `query`; null when no allowed place differs. */
export async function findPeak({ tower, query, banks, pointing, isAllowed }: PeakRequest): Promise<Point | null> {
  const top = largest(pointing.values);
  if (top <= 0) return null;
  const cell = pointing.values.indexOf(top);
  const { width, height } = query.pixels;
  const start = peakOfParabola(pointing, cell);
  const centre: Point = [start[0] * width, start[1] * height];
  const side = Math.min(...[query, ...banks].flatMap(({ pixels }) => [pixels.width, pixels.height]), windowSide) & ~1;
  const box = windowAt(centre, side, query.pixels);
  const candidates = candidatesOf(query, banks, cell, box, side);
  const window = cropRaster(query.pixels, box);
  const fine = await tower.extractFine([window, ...candidates.map(({ raster }) => raster)]);
  const placeOf = (at: number): Point => [
    (box[0] + ((at % fine.columns) + 0.5) * fine.stride) / width,
    (box[1] + (Math.floor(at / fine.columns) + 0.5) * fine.stride) / height,
  ];
  const isWithin = (at: number, limit: number) => {
    const [x, y] = placeOf(at);
    return Math.abs(x * width - centre[0]) <= limit && Math.abs(y * height - centre[1]) <= limit;
  };
  const distances = fineDistances(fine, candidates, (at) => isWithin(at, reach + blur * fine.stride));
  let best: Point | null = null;
  let most = 0;
  for (const at of distances.keys()) {
    const place = placeOf(at);
    if (!isWithin(at, reach) || !isAllowed(...place)) continue;
    const value = average(distances, fine, at) * valueAt(pointing, place);
    if (value > most) [most, best] = [value, place];
  }
  if (!best) return null;
  const inWindow: Point = [best[0] * width - box[0], best[1] * height - box[1]];
  const toView = (x: number, y: number): Point => [(box[0] + x) / width, (box[1] + y) / height];
  return toView(...mostDifferentPixel(window, candidates, inWindow, (x, y) => isAllowed(...toView(x, y))));
}

/** Vertex of the parabolas through the peak and its neighbours, normalised. */
function peakOfParabola({ rows, columns, values }: ScoreMap, cell: number): Point {
  const column = cell % columns;
  const row = Math.floor(cell / columns);
  const offset = (before: number | undefined, after: number | undefined) => {
    if (before === undefined || after === undefined) return 0;
    const bend = before - 2 * values[cell]! + after;
    return bend < 0 ? (before - after) / (2 * bend) : 0;
  };
  const x = column > 0 && column < columns - 1 ? offset(values[cell - 1], values[cell + 1]) : 0;
  const y = offset(values[cell - columns], values[cell + columns]);
  return [(column + 0.5 + x) / columns, (row + 0.5 + y) / rows];
}

/** Windows of the exemplars that correspond to the query's: the same place, and around the patch most like the peak's. */
function candidatesOf(
  query: SeenView,
  banks: readonly SeenView[],
  cell: number,
  box: Box,
  side: number,
): ExemplarWindow[] {
  const from = cellCentre(query, cell);
  const found = banks.map((bank) => ({ bank, ...mostLike(query.features, cell, bank.features) }));
  found.sort((a, b) => b.similarity - a.similarity);
  return found.slice(0, exemplarLimit).flatMap(({ bank, at }) => {
    const likest = cellCentre(bank, at);
    return [samePlace(query, bank, from), likest].map((to) => {
      const moved: Point = [even(to[0] - from[0]), even(to[1] - from[1])];
      const window = windowAt([box[0] + side / 2 + moved[0], box[1] + side / 2 + moved[1]], side, bank.pixels);
      const shift: Point = [box[0] + moved[0] - window[0], box[1] + moved[1] - window[1]];
      return { raster: cropRaster(bank.pixels, window), shift };
    });
  });
}

function mostLike(query: PatchFeatures, cell: number, bank: PatchFeatures): { at: number; similarity: number } {
  const { dimension } = query;
  const from = cell * dimension;
  let best = { at: 0, similarity: -Infinity };
  for (let at = 0; at < bank.rows * bank.columns; at++) {
    let similarity = 0;
    for (let i = 0; i < dimension; i++) similarity += query.patches[from + i]! * bank.patches[at * dimension + i]!;
    if (similarity > best.similarity) best = { at, similarity };
  }
  return best;
}

/** Centre of a cell in pixels of its view. */
function cellCentre({ features: { rows, columns }, pixels }: SeenView, cell: number): Point {
  const x = ((cell % columns) + 0.5) / columns;
  return [x * pixels.width, ((Math.floor(cell / columns) + 0.5) / rows) * pixels.height];
}

/** The point of `bank`, in its pixels, that shows the place of the part that `query` shows at `from`. */
function samePlace(query: SeenView, bank: SeenView, from: Point): Point {
  const along = (axis: 0 | 1, own: number, other: number) => {
    const part = query.area[axis] + (from[axis] / own) * (query.area[axis + 2]! - query.area[axis]);
    return ((part - bank.area[axis]) / (bank.area[axis + 2]! - bank.area[axis])) * other;
  };
  return [along(0, query.pixels.width, bank.pixels.width), along(1, query.pixels.height, bank.pixels.height)];
}

/** The square of `side` around `centre`, moved into the image; on even pixels, as the fine grid's cells lie. */
function windowAt([x, y]: Point, side: number, { width, height }: Size): Box {
  const left = Math.min(Math.max(even(x - side / 2), 0), width - side);
  const top = Math.min(Math.max(even(y - side / 2), 0), height - side);
  return [left, top, left + side, top + side];
}

function even(value: number): number {
  return 2 * Math.round(value / 2);
}

/**
 * Per fine cell of the first window that is `wanted`, the distance to the most similar cell of the others near the
 * corresponding one; 0 for the rest.
 */
function fineDistances(
  fine: FineFeatures,
  candidates: readonly ExemplarWindow[],
  wanted: (cell: number) => boolean,
): Float32Array {
  const { rows, columns, dimension, patches, stride } = fine;
  const [query, ...others] = patches as [Float32Array, ...Float32Array[]];
  return Float32Array.from({ length: rows * columns }, (_, cell) => {
    if (!wanted(cell)) return 0;
    let best = -1;
    others.forEach((other, index) => {
      const [x, y] = candidates[index]!.shift;
      const column = (cell % columns) + x / stride;
      const row = Math.floor(cell / columns) + y / stride;
      for (let r = Math.max(0, row - search); r <= Math.min(rows - 1, row + search); r++) {
        for (let c = Math.max(0, column - search); c <= Math.min(columns - 1, column + search); c++) {
          const at = (r * columns + c) * dimension;
          let similarity = 0;
          for (let i = 0; i < dimension; i++) similarity += query[cell * dimension + i]! * other[at + i]!;
          if (similarity > best) best = similarity;
        }
      }
    });
    return Math.sqrt(Math.max(0, 2 - 2 * best));
  });
}

/** Mean around a fine cell, nearer ones weighing more: 1 / (1 + squared distance in cells). */
function average(distances: Float32Array, { rows, columns }: FineFeatures, cell: number): number {
  const row = Math.floor(cell / columns);
  const column = cell % columns;
  let sum = 0;
  let weights = 0;
  for (let r = Math.max(0, row - blur); r <= Math.min(rows - 1, row + blur); r++) {
    for (let c = Math.max(0, column - blur); c <= Math.min(columns - 1, column + blur); c++) {
      const weight = 1 / (1 + (r - row) ** 2 + (c - column) ** 2);
      sum += weight * distances[r * columns + c]!;
      weights += weight;
    }
  }
  return sum / weights;
}

/** The map at a normalised place, between the middles of its cells linearly. */
function valueAt({ rows, columns, values }: ScoreMap, [x, y]: Point): number {
  const clamp = (value: number, count: number) => Math.min(Math.max(value, 0), count - 1);
  const column = clamp(x * columns - 0.5, columns);
  const row = clamp(y * rows - 0.5, rows);
  const [left, top] = [Math.floor(column), Math.floor(row)];
  const [right, bottom] = [Math.min(left + 1, columns - 1), Math.min(top + 1, rows - 1)];
  const along = (line: number) =>
    values[line * columns + left]! * (left + 1 - column) + values[line * columns + right]! * (column - left);
  return along(top) * (top + 1 - row) + along(bottom) * (row - top);
}
