/** ROC, precision-recall and reliability curves of a report, as SVG. */
import { lineChart } from '../../run/chart.ts';
import type { EvalDocument } from '../document.ts';
import type { Decision } from '@agentiad/core/validation/metrics.ts';
import { precisionRecallCurve, rocCurve } from '@agentiad/core/validation/ranking.ts';
import { share } from './figures.ts';

const SIZE = { width: 360, height: 340, xRange: [0, 1], yRange: [0, 1] } as const;

type Points = readonly (readonly [x: number, y: number])[];

/** Agent and baselines with a score for every case. */
function scored({ mode, outcomes, baselineDecisions }: EvalDocument): [string, readonly Decision[]][] {
  return [[`agent, ${mode}`, outcomes], ...(Object.entries(baselineDecisions) as [string, readonly Decision[]][])];
}

export function rocChart(document: EvalDocument): string {
  const lines = scored(document).map(([name, decisions]): [string, Points] => [
    name,
    rocCurve(decisions).map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate]),
  ]);
  const { x, ys } = onOneAxis([...lines.map(([, points]) => points), DIAGONAL]);
  return lineChart({
    ...SIZE,
    title: 'ROC',
    x,
    xName: 'good parts rejected',
    yName: 'defects found',
    series: [...lines.map(([name], i) => ({ name, y: ys[i]! })), { name: 'chance', y: ys.at(-1)!, isFaint: true }],
  });
}

export function precisionRecallChart(document: EvalDocument): string {
  const lines = scored(document).map(([name, decisions]): [string, Points] => [
    name,
    precisionRecallCurve(decisions).map(({ recall, precision }) => [recall, precision]),
  ]);
  const { x, ys } = onOneAxis(lines.map(([, points]) => points));
  return lineChart({
    ...SIZE,
    title: 'Precision and recall',
    x,
    xName: 'defects found (recall)',
    yName: 'alarms that are right (precision)',
    series: lines.map(([name], i) => ({ name, y: ys[i]! })),
  });
}

export function reliabilityChart({ reliability, ece }: EvalDocument): string {
  const filled = reliability.filter(({ n }) => n > 0);
  const points: Points = filled.map(({ meanScore, anomalousShare }) => [meanScore!, anomalousShare!]);
  const { x, ys } = onOneAxis([points, DIAGONAL]);
  return lineChart({
    ...SIZE,
    title: `Reliability (ECE ${share(ece)})`,
    x,
    xName: 'score the agent gives',
    yName: 'share that is anomalous',
    series: [
      { name: 'agent', y: ys[0]! },
      { name: 'calibrated', y: ys[1]!, isFaint: true },
    ],
  });
}

const DIAGONAL: Points = [
  [0, 0],
  [1, 1],
];

/**
 * Several lines over one list of x values, for charts that know only one: each line is read at every x of all lines, at
 * a vertical piece twice, at its lower and its upper end; null beyond its ends.
 */
export function onOneAxis(lines: readonly Points[]): { x: number[]; ys: (number | null)[][] } {
  const places = [...new Set(lines.flatMap((points) => points.map(([x]) => x)))].sort((a, b) => a - b);
  const x = places.flatMap((at) => [at, at]);
  return { x, ys: lines.map((points) => places.flatMap((at) => readAt(points, at))) };
}

/** Values of a line, ascending in x, where it comes to `at` and where it leaves it. */
function readAt(points: Points, at: number): [number | null, number | null] {
  const here = points.filter(([x]) => x === at);
  if (here.length > 0) return [here[0]![1], here.at(-1)![1]];
  const after = points.findIndex(([x]) => x > at);
  if (after <= 0) return [null, null];
  const [x1, y1] = points[after - 1]!;
  const [x2, y2] = points[after]!;
  const y = y1 + ((y2 - y1) * (at - x1)) / (x2 - x1);
  return [y, y];
}
