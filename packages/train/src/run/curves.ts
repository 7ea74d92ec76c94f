/** Which metrics become which curves: loss, reward, tools and so on, each with its running mean. */
import type { Series } from './chart.ts';
import type { MetricsRecord } from './metrics.ts';

export interface CurveGroup {
  readonly title: string;
  readonly x: readonly number[];
  readonly series: readonly Series[];
  readonly isLog?: boolean;
}

/** Groups in the order of the report; a metric belongs to the first that fits its name, others get a chart each. */
const GROUPS: readonly { readonly title: string; readonly fits: RegExp; readonly isLog?: boolean }[] = [
  { title: 'Loss', fits: /^(loss|evalLoss)$/ },
  { title: 'Reward', fits: /^reward$|^rewardStd$|^successRate$/ },
  { title: 'Reward by component', fits: /^reward[./]/ },
  { title: 'Tool use', fits: /^tools?[./]|^(?!learning|success).*Rate$|^callsPer/ },
  { title: 'KL to the reference', fits: /^kl/i },
  { title: 'Clipping and ratio', fits: /clip|ratio/i },
  { title: 'Groups and filters', fits: /group|advantage|resampl/i },
  { title: 'Gradient norm', fits: /norm$/i },
  { title: 'Learning rate', fits: /^learningRate$/ },
  { title: 'Tokens', fits: /tokens?$|length$/i },
  { title: 'Time of a step, ms', fits: /^(ms|.*Ms)$/ },
];

const NOT_CURVES = new Set(['step', 'phase', 'skipped']);

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
  // Phases of one run count their steps anew: lines are numbered through.
  const restarts = records.some((record, index) => index > 0 && record.step <= records[index - 1]!.step);
  const x = records.map((record, index) => (restarts ? index + 1 : record.step));
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
