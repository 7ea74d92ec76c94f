/** Which metrics become which curves: loss, reward, tools and so on, each with its running mean. */
import type { Series } from './chart.ts';
import type { MetricsRecord } from './metrics.ts';

export interface CurveGroup {
  readonly title: string;
  readonly x: readonly number[];
  readonly series: readonly Series[];
}

/** Groups in the order of the report; a metric belongs to the first that fits its name, others get a chart each. */
const GROUPS: readonly { readonly title: string; readonly fits: RegExp }[] = [
  { title: 'Loss', fits: /^(loss|evalLoss)$/ },
  { title: 'Reward', fits: /^reward$|^rewardDeviation$/ },
  { title: 'Reward by component', fits: /^reward\./ },
  { title: 'Answers', fits: /^(accuracy|answerRate|meanIou)$/ },
  { title: 'Tool use', fits: /^callValidity$|^callsPer|^(?!learning).*Rate$/ },
  { title: 'KL to the reference', fits: /^kl$/i },
  { title: 'Ratio to the old policy', fits: /^(meanRatio|maxRatioDeviation|samplerMismatch)$/ },
  { title: 'Share of clipped tokens', fits: /^clipFraction$/ },
  {
    title: 'Groups, rollouts and updates',
    fits: /groups?$|updates$|^(rollouts|resampled|exhausted|waiting|truncated|withoutReward|brokenOff|boundedRewards)$/i,
  },
  { title: 'Gradient norm', fits: /^norm$/ },
  { title: 'Learning rate', fits: /^learningRate$/ },
  { title: 'Tokens', fits: /tokens$/i },
  { title: 'Time of a step, ms', fits: /^ms$|Ms$/ },
];

const NOT_CURVES = new Set(['step']);

/** Most points of a line; of longer runs the mean of so many neighbours is drawn. */
const POINTS = 600;

export function curvesOf(records: readonly MetricsRecord[]): CurveGroup[] {
  const names = [...new Set(records.flatMap((record) => Object.keys(record)))].filter(
    (name) => !NOT_CURVES.has(name) && records.some((record) => typeof record[name] === 'number'),
  );
  const titled = new Map<string, string[]>(GROUPS.map(({ title }) => [title, []]));
  for (const name of names) {
    const title = GROUPS.find(({ fits }) => fits.test(name))?.title ?? name;
    titled.set(title, [...(titled.get(title) ?? []), name]);
  }
  const x = records.map(({ step }) => step);
  return [...titled]
    .filter(([, members]) => members.length > 0)
    .map(([title, members]) => group(title, members, x, records));
}

function group(
  title: string,
  names: readonly string[],
  x: readonly number[],
  records: readonly MetricsRecord[],
): CurveGroup {
  const size = Math.max(1, Math.ceil(records.length / POINTS));
  const series = names.flatMap((name): Series[] => {
    const raw = records.map((record) => record[name]);
    const values = raw.map((value) => (typeof value === 'number' ? value : null));
    const mean = thin(runningMean(values), size);
    return names.length > 1
      ? [{ name, y: mean }]
      : [
          { name, y: thin(values, size), isFaint: true },
          { name, y: mean },
        ];
  });
  return { title, x: thin(x, size).map((at) => at!), series };
}

/** Exponential mean over about one fiftieth of the run, without the bias of its start. */
function runningMean(values: readonly (number | null)[]): (number | null)[] {
  const keep = 1 - 1 / Math.max(1, values.length / 50);
  let [mean, weight] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    weight = keep * weight + 1;
    mean += (value - mean) / weight; // a constant stays exactly itself
    return mean;
  });
}

function thin(values: readonly (number | null)[], size: number): (number | null)[] {
  if (size === 1) return [...values];
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) => {
    const own = values.slice(index * size, (index + 1) * size).filter((value) => value !== null);
    return own.length === 0 ? null : own.reduce((sum, value) => sum + value, 0) / own.length;
  });
}
