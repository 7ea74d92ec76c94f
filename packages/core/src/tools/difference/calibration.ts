/**
 * What is usual among good parts, learnt by comparing every exemplar with the others (leaving it out): the scale of
 * the distances, the spread of whole views and of single cells.
 */
import { largest, type ScoreMap } from './scoreMap.ts';

/** Fewest exemplars that can be calibrated: each one left out still has two to be compared with. */
export const calibratedFrom = 3;

/**
 * Distance that counts as ratio 1 when there is nothing to calibrate with (1 or 2 exemplars): see "Fixed scale" in
 * docs/results.md.
 */
export const uncalibratedScale = 0.6;

/** Least relative spread of good views believed from a handful of them. */
const leastSpread = 0.05;

export interface Calibration {
  /** Distance that counts as ratio 1. */
  readonly scale: number;
  /** Percentile 0..100 of a whole view's largest distance among good views. */
  viewPercentile(value: number): number;
  /** Percentile 0..100 of one cell's distance among the cells of good views. */
  cellPercentile(value: number): number;
}

/** `maps`: each exemplar's smoothed distances to the others. */
export function calibrate(maps: readonly ScoreMap[]): Calibration {
  const maxima = maps.map((map) => largest(map.values));
  const logs = maxima.map((value) => Math.log(Math.max(value, 1e-6)));
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length;
  const variance = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (logs.length - 1);
  const spread = Math.max(leastSpread, Math.sqrt(variance));
  const cells = Float32Array.from(maps.flatMap((map) => Array.from(map.values))).sort();
  return {
    scale: Math.max(...maxima),
    // Prediction of one more draw from a log-normal of unknown mean and spread: Student's t, n - 1 degrees of freedom.
    viewPercentile: (value) => {
      const t = (Math.log(Math.max(value, 1e-6)) - mean) / (spread * Math.sqrt(1 + 1 / logs.length));
      return 100 * studentCdf(t, logs.length - 1);
    },
    cellPercentile: (value) => (100 * rankOf(value, cells)) / cells.length,
  };
}

/** Number of `sorted` values below `value`. */
function rankOf(value: number, sorted: Float32Array): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Student's t distribution by Wallace's (1959) normal approximation: within 0.01 for 2 degrees of freedom and more. */
function studentCdf(t: number, freedom: number): number {
  const z = ((8 * freedom + 1) / (8 * freedom + 3)) * Math.sqrt(freedom * Math.log1p((t * t) / freedom));
  return normalCdf(t < 0 ? -z : z);
}

/** Logistic form of the normal distribution function (Page, 1977): within 0.0002. */
function normalCdf(z: number): number {
  return 1 / (1 + Math.exp(-z * (1.5976 + 0.070566 * z * z)));
}
