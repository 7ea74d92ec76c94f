/** Percentile bootstrap over images, 95 %: of one run, and paired of two runs over the same images. */
import type { Random } from '../support/random.ts';
import type { Truth } from './labelledScore.ts';

export type Interval = readonly [low: number, high: number];

const ROUNDS = 1000;

/** Draws with replacement within each label, so that both always occur, as often as in the data. */
function resampler(labels: readonly Truth[], random: Random): () => number[] {
  const byLabel = (['anomalous', 'normal'] as const).map((wanted) =>
    labels.flatMap((label, index) => (label === wanted ? [index] : [])),
  );
  return () => byLabel.flatMap((group) => group.map(() => group[random.integer(0, group.length - 1)]!));
}

/** 95 % of the draws, NaN left out. */
export function percentiles(draws: readonly number[]): Interval {
  const sorted = draws.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length === 0) return [NaN, NaN];
  return [sorted[Math.floor(0.025 * sorted.length)]!, sorted[Math.ceil(0.975 * sorted.length) - 1]!];
}

/** Intervals of several statistics from the same draws; the same random stream gives the same intervals. */
export function bootstrapIntervals<T extends { readonly label: Truth }, Name extends string>(
  items: readonly T[],
  statistics: Readonly<Record<Name, (sample: readonly T[]) => number>>,
  random: Random,
  rounds = ROUNDS,
): Record<Name, Interval> {
  const draw = resampler(
    items.map(({ label }) => label),
    random,
  );
  const samples = Array.from({ length: rounds }, draw);
  const names = Object.keys(statistics) as Name[];
  const rows = names.map((name) => [
    name,
    percentiles(samples.map((sample) => statistics[name](sample.map((i) => items[i]!)))),
  ]);
  return Object.fromEntries(rows) as Record<Name, Interval>;
}

/**
 * Interval of `statistic(b) - statistic(a)`: both runs are resampled with the same images, so that what is hard for both
 * does not widen it. `a[i]` and `b[i]` are the same image.
 */
export function pairedInterval<T extends { readonly label: Truth }>(
  a: readonly T[],
  b: readonly T[],
  statistic: (sample: readonly T[]) => number,
  random: Random,
  rounds = ROUNDS,
): Interval {
  const draw = resampler(
    a.map(({ label }) => label),
    random,
  );
  return percentiles(
    Array.from({ length: rounds }, () => {
      const sample = draw();
      return statistic(sample.map((i) => b[i]!)) - statistic(sample.map((i) => a[i]!));
    }),
  );
}
