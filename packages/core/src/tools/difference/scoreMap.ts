/** Distance maps over the cells of a view: combining, smoothing, and the boxes of the places that stand out. */
import type { Box } from '../../image/box.ts';

export interface ScoreMap {
  readonly rows: number;
  readonly columns: number;
  /** Row-major; 0 where nobody is to look. */
  readonly values: Float32Array;
  /** 1 where the part is inspected, else 0 (areas of a recipe). Absent: everywhere. */
  readonly inspected?: Uint8Array;
}

export interface Peak {
  /** Normalised 0..1 in the view. */
  readonly box: Box;
  /** Largest value inside. */
  readonly value: number;
}

/** Smallest value per cell over several maps of one grid. */
export function minimumMap(maps: readonly Float32Array[]): Float32Array {
  const result = Float32Array.from(maps[0] ?? []);
  for (const map of maps.slice(1)) map.forEach((value, i) => (result[i] = Math.min(result[i]!, value)));
  return result;
}

/** Every value times `factor`. */
export function scaleMap(map: ScoreMap, factor: number): ScoreMap {
  return { ...map, values: map.values.map((value) => value * factor) };
}

/** The values of the inspected cells, in order. */
export function inspectedValues({ values, inspected }: ScoreMap): Float32Array {
  return inspected ? values.filter((_, cell) => inspected[cell] === 1) : values;
}

/**
 * Mean over each cell's 3 x 3 neighbourhood (fewer at the border and beside what is not inspected): a single odd cell
 * does not decide.
 */
export function smoothMap(map: ScoreMap): ScoreMap {
  const { rows, columns, values, inspected } = map;
  const smoothed = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      if (inspected?.[row * columns + column] === 0) continue;
      let sum = 0;
      let count = 0;
      for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
        for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
          if (inspected?.[r * columns + c] === 0) continue;
          sum += values[r * columns + c]!;
          count += 1;
        }
      }
      smoothed[row * columns + column] = sum / count;
    }
  }
  return { ...map, values: smoothed };
}

export function largest(values: Float32Array): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

/**
 * At most `count` boxes that do not overlap, highest summit first. A box grows from its summit over connected cells above
 * `floor + keep * (peak - floor)`, `floor` being what the `background` share of the cells stays below.
 */
export function findPeaks(map: ScoreMap, count: number, keep: number, background: number): Peak[] {
  const { rows, columns, values, inspected } = map;
  const floor = quantile(inspectedValues(map), background);
  const taken = inspected ? inspected.map((inside) => 1 - inside) : new Uint8Array(values.length);
  const order = Array.from(values.keys()).sort((a, b) => values[b]! - values[a]! || a - b);
  const peaks: Peak[] = [];
  for (const start of order) {
    if (peaks.length >= count) break;
    if (taken[start] || !isSummit(map, start)) continue;
    const value = values[start]!;
    const cells = growFrom(start, columns, values, taken, floor + keep * (value - floor));
    const box = boundsOf(cells, rows, columns);
    cells.forEach((cell) => (taken[cell] = 1));
    if (peaks.every((peak) => !overlap(peak.box, box))) peaks.push({ box, value });
  }
  return peaks;
}

/** Whether no neighbour is larger: the slope of a place is not another place. */
function isSummit({ rows, columns, values }: ScoreMap, cell: number): boolean {
  const [row, column] = [Math.floor(cell / columns), cell % columns];
  for (let r = Math.max(0, row - 1); r <= Math.min(rows - 1, row + 1); r++) {
    for (let c = Math.max(0, column - 1); c <= Math.min(columns - 1, column + 1); c++) {
      if (values[r * columns + c]! > values[cell]!) return false;
    }
  }
  return true;
}

function growFrom(start: number, columns: number, values: Float32Array, taken: Uint8Array, level: number): number[] {
  const seen = new Set([start]);
  const cells = [start];
  for (let next = 0; next < cells.length; next++) {
    const cell = cells[next]!;
    const column = cell % columns;
    const neighbours = [cell - columns, cell + columns];
    if (column > 0) neighbours.push(cell - 1);
    if (column < columns - 1) neighbours.push(cell + 1);
    for (const neighbour of neighbours) {
      const value = values[neighbour];
      if (value === undefined || value < level || taken[neighbour] || seen.has(neighbour)) continue;
      seen.add(neighbour);
      cells.push(neighbour);
    }
  }
  return cells;
}

function boundsOf(cells: readonly number[], rows: number, columns: number): Box {
  const x = cells.map((cell) => cell % columns);
  const y = cells.map((cell) => Math.floor(cell / columns));
  return [Math.min(...x) / columns, Math.min(...y) / rows, (Math.max(...x) + 1) / columns, (Math.max(...y) + 1) / rows];
}

function overlap(a: Box, b: Box): boolean {
  return a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];
}

/** The value that the share `at` (0..1) of `values` lies below or at; 0 of none. */
export function quantile(values: Float32Array, at: number): number {
  return Float32Array.from(values).sort()[Math.floor(at * (values.length - 1))] ?? 0;
}
