/**
 * What is usual among good parts, learnt by comparing every exemplar with the others (leaving it out): where they
 * vary, how far they get, and the spread of whole views and of single cells.
 */
import { inspectedValues, largest, quantile, smoothMap, type ScoreMap } from './scoreMap.ts';
import { studentCdf } from './studentCdf.ts';

/** Fewest exemplars that can be calibrated: each one left out still has two to be compared with. */
export const calibratedFrom = 3;

/** Stands for a distance or ratio of 0 where a logarithm or a quotient is taken. */
const least = 1e-6;

/**
 * Ratio 1 as multiples of the geometric mean of what the exemplars reach, a steadier stand-in for "as far as good parts
 * get" than the largest of a handful: a place has to stand out of its view and lie far from the exemplars, or so far that
 * it need not stand out. Chosen by measurement: docs/results.md, "A place that stands out".
 */
const reach = { contrast: 1.23, distance: 1, alone: 1.5 } as const;

/**
 * How much of a cell's usual distance is divided out; the rest leaves it as it is. More of it points better, less of it
 * separates parts better that lie in different poses.
 */
const usualShare = { ratio: 0.25, pointing: 0.5 } as const;

/** Least spread (of the logarithm) of good views believed from a handful of them. */
const leastSpread = 0.05;

/** Least that good parts are believed to stand out, as a share of their distance: some are alike all over. */
const leastContrast = 0.1;

export interface Calibration {
  /**
   * Distances to ratios, 1 = as far as good parts get. A cell counts as far as it both stands out from its own view (light,
   * noise or pose lift a whole view) and lies far from the exemplars (where all is alike, a little stands out); or by its
   * distance alone where that is large, for a part that differs all over, of another kind even.
   */
  toRatios(map: ScoreMap): ScoreMap;
  /** Distances, less where good parts vary much, to find the one point in. */
  forPointing(map: ScoreMap): ScoreMap;
  /** How far the view's most different place stands out from the rest of it; 1 = as far as in good parts. */
  standsOut(map: ScoreMap): number;
  /** How far the view lies from the exemplars at its most different place; 1 = as far as good parts get on average. */
  distance(map: ScoreMap): number;
  /** Percentile 0..100 of a whole view, by its largest ratio, among good views. */
  viewPercentile(largestRatio: number): number;
  /** Percentile 0..100 of a cell's ratio among the cells of good views. */
  cellPercentile(ratio: number): number;
}

/**
 * `maps`: each exemplar's smoothed distances to the others, at least three, on one grid. `background`: share of a view's
 * cells that is taken not to stand out (0.9: places are small; 0.5 for a crop, which a place may fill).
 */
export function calibrate(maps: readonly ScoreMap[], background: number): Calibration {
  const weighed = maps.map((map) => weigh(map, usualDistances(maps.filter((other) => other !== map))));
  const distance = geometricMean(weighed.map((map) => largest(map.values)));
  const usualContrast = geometricMean(weighed.map((map) => largest(standOut(map, background).values)));
  const contrast = Math.max(usualContrast, leastContrast * distance);
  const ratioOf = (above: number, value: number) => {
    const isPlace = Math.min(above / (reach.contrast * contrast), value / (reach.distance * distance));
    return Math.max(isPlace, value / (reach.alone * distance));
  };
  const toRatios = (map: ScoreMap): ScoreMap => {
    const above = standOut(map, background).values;
    return { ...map, values: map.values.map((value, cell) => ratioOf(above[cell]!, value)) };
  };
  const good = weighed.map(toRatios);
  const logs = good.map(({ values }) => Math.log(Math.max(largest(values), least)));
  const centre = mean(logs);
  const variance = logs.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (logs.length - 1);
  const spread = Math.max(leastSpread, Math.sqrt(variance));
  const usual = usualDistances(maps);
  const cells = Float32Array.from(good.flatMap((map) => Array.from(inspectedValues(map)))).sort();
  return {
    toRatios: (map) => toRatios(weigh(map, usual)),
    forPointing: (map) => weigh(map, usual, usualShare.pointing),
    standsOut: (map) => largest(standOut(weigh(map, usual), background).values) / (reach.contrast * contrast),
    distance: (map) => largest(weigh(map, usual).values) / distance,
    // Prediction of one more draw from a log-normal of unknown mean and spread: Student's t, n - 1 degrees of freedom.
    viewPercentile: (ratio) => {
      const t = (Math.log(Math.max(ratio, least)) - centre) / (spread * Math.sqrt(1 + 1 / logs.length));
      return 100 * studentCdf(t, logs.length - 1);
    },
    cellPercentile: (ratio) => (100 * countBelow(ratio, cells)) / cells.length,
  };
}

/** How far each cell lies above what the `background` share of the inspected cells stays below; 0 for those. */
export function standOut(map: ScoreMap, background: number): ScoreMap {
  const floor = quantile(inspectedValues(map), background);
  return { ...map, values: map.values.map((value) => Math.max(0, value - floor)) };
}

/** Where good parts differ: mean of their maps, blurred, because they are never quite aligned. */
function usualDistances(maps: readonly ScoreMap[]): ScoreMap {
  const first = maps[0]!;
  const values = first.values.map((_, cell) => mean(maps.map((map) => map.values[cell]!)));
  return smoothMap(smoothMap({ ...first, values }));
}

/** Divides `divided` of the way by the usual distance of each cell; where that is the view's mean, a value stays as it is. */
function weigh(map: ScoreMap, usual: ScoreMap, divided: number = usualShare.ratio): ScoreMap {
  const overall = Math.max(mean(inspectedValues(usual)), least);
  const share = (cell: number) => 1 - divided + (divided * usual.values[cell]!) / overall;
  return { ...map, values: map.values.map((value, cell) => value / share(cell)) };
}

function geometricMean(values: readonly number[]): number {
  return Math.exp(mean(values.map((value) => Math.log(Math.max(value, least)))));
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
