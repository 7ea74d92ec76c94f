/**
 * What is usual among good parts, learnt by comparing every exemplar with the others (leaving it out): where they
 * vary, how far they get, and the spread of whole views and of single cells.
 */
import { inspectedValues, largest, scaleMap, smoothMap, type ScoreMap } from './scoreMap.ts';
import { studentCdf } from './studentCdf.ts';

/** Fewest exemplars that can be calibrated: each one left out still has two to be compared with. */
export const calibratedFrom = 3;

/**
 * Ratio 1 is this multiple of the geometric mean of the exemplars' largest distances: a steadier stand-in for "as far as
 * good parts get" than the largest of a handful (docs/results.md).
 */
const reach = 1.15;

/** Least spread (of the logarithm) of good views believed from a handful of them. */
const leastSpread = 0.05;

export interface Calibration {
  /** Distances to ratios: less where good parts vary much, 1 = as far as good parts get. */
  toRatios(map: ScoreMap): ScoreMap;
  /** Percentile 0..100 of a whole view, by its largest ratio, among good views. */
  viewPercentile(largestRatio: number): number;
  /** Percentile 0..100 of a cell's ratio among the cells of good views. */
  cellPercentile(ratio: number): number;
}

/** `maps`: each exemplar's smoothed distances to the others, at least three, on one grid. */
export function calibrate(maps: readonly ScoreMap[]): Calibration {
  const weighed = maps.map((map) => weigh(map, usualDistances(maps.filter((other) => other !== map))));
  const logs = weighed.map((map) => Math.log(Math.max(largest(map.values), 1e-6)));
  const centre = mean(logs);
  const variance = logs.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (logs.length - 1);
  const spread = Math.max(leastSpread, Math.sqrt(variance));
  const scale = reach * Math.exp(centre);
  const usual = usualDistances(maps);
  const cells = Float32Array.from(
    weighed.flatMap((map) => Array.from(inspectedValues(map), (value) => value / scale)),
  ).sort();
  return {
    toRatios: (map) => scaleMap(weigh(map, usual), 1 / scale),
    // Prediction of one more draw from a log-normal of unknown mean and spread: Student's t, n - 1 degrees of freedom.
    viewPercentile: (ratio) => {
      const t = (Math.log(Math.max(ratio, 1e-6)) + Math.log(reach)) / (spread * Math.sqrt(1 + 1 / logs.length));
      return 100 * studentCdf(t, logs.length - 1);
    },
    cellPercentile: (ratio) => (100 * countBelow(ratio, cells)) / cells.length,
  };
}

/** Where good parts differ: mean of their maps, blurred, because they are never quite aligned. */
function usualDistances(maps: readonly ScoreMap[]): ScoreMap {
  const first = maps[0]!;
  const values = first.values.map((_, cell) => mean(maps.map((map) => map.values[cell]!)));
  return smoothMap(smoothMap({ ...first, values }));
}

/** Divides half-way by the usual distance of each cell; the view's mean usual distance leaves a value as it is. */
function weigh(map: ScoreMap, usual: ScoreMap): ScoreMap {
  const overall = Math.max(mean(inspectedValues(usual)), 1e-6);
  return { ...map, values: map.values.map((value, cell) => (2 * value) / (1 + usual.values[cell]! / overall)) };
}

function mean(values: ArrayLike<number> & Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function countBelow(value: number, sorted: Float32Array): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
