/**
 * Metrics of scores, free of any one threshold (training.md §6). Cases without a score rank as the worst guess for their
 * label, so that an unparsable answer costs here as it does in the rates.
 */
import type { Truth } from './labelledScore.ts';

export interface Scored {
  readonly label: Truth;
  /** Higher = more anomalous; null without a valid answer. */
  readonly score: number | null;
}

/** Cases called anomalous at a threshold: those with `score >= threshold`. */
interface Cut {
  readonly threshold: number;
  readonly hits: number;
  readonly alarms: number;
}

/** One cut per distinct score, highest first; cases of equal score fall together. */
function cutsOf(cases: readonly Scored[]): Cut[] {
  const ranked = cases
    .map(({ label, score }) => ({
      bad: label === 'anomalous',
      score: score ?? (label === 'anomalous' ? -Infinity : Infinity),
    }))
    .sort((a, b) => (a.score === b.score ? 0 : b.score - a.score));
  const cuts: Cut[] = [];
  let hits = 0;
  let alarms = 0;
  ranked.forEach(({ bad, score }, i) => {
    if (bad) hits++;
    else alarms++;
    if (ranked[i + 1]?.score !== score) cuts.push({ threshold: score, hits, alarms });
  });
  return cuts;
}

function totals(cases: readonly Scored[]): { bad: number; good: number } {
  const bad = cases.filter(({ label }) => label === 'anomalous').length;
  return { bad, good: cases.length - bad };
}

export interface RocPoint {
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/** From (0, 0) to (1, 1), one point per distinct score. */
export function rocCurve(cases: readonly Scored[]): RocPoint[] {
  const { bad, good } = totals(cases);
  const points = cutsOf(cases).map(({ hits, alarms }) => ({
    falsePositiveRate: alarms / good,
    truePositiveRate: hits / bad,
  }));
  return [{ falsePositiveRate: 0, truePositiveRate: 0 }, ...points];
}

/** Area under the ROC curve: the share of pairs in the right order, ties counting half. NaN without both labels. */
export function computeAuroc(cases: readonly Scored[]): number {
  const curve = rocCurve(cases);
  return curve.slice(1).reduce((area, point, i) => {
    const before = curve[i]!;
    const width = point.falsePositiveRate - before.falsePositiveRate;
    return area + (width * (point.truePositiveRate + before.truePositiveRate)) / 2;
  }, 0);
}

export interface PrecisionRecallPoint {
  readonly recall: number;
  readonly precision: number;
}

/** One point per distinct score, from few alarms to all. */
export function precisionRecallCurve(cases: readonly Scored[]): PrecisionRecallPoint[] {
  const { bad } = totals(cases);
  return cutsOf(cases).map(({ hits, alarms }) => ({ recall: hits / bad, precision: hits / (hits + alarms) }));
}

/** Average precision, step-wise (no interpolation). A case that never got a score is never found. */
export function averagePrecision(cases: readonly Scored[]): number {
  const { bad } = totals(cases);
  let sum = 0;
  let before = 0;
  for (const { threshold, hits, alarms } of cutsOf(cases)) {
    if (threshold === -Infinity) break;
    sum += (hits - before) * (hits / (hits + alarms));
    before = hits;
  }
  return sum / bad;
}

export interface BestF1 {
  readonly value: number;
  /** Anomalous from this score on; null where no case has a score. */
  readonly threshold: number | null;
}

/** Best F1 over all thresholds. On the cases it is chosen on it is optimistic: see `f1At` for a threshold from elsewhere. */
export function bestF1(cases: readonly Scored[]): BestF1 {
  const { bad } = totals(cases);
  let best: BestF1 = { value: 0, threshold: null };
  for (const { threshold, hits, alarms } of cutsOf(cases)) {
    const value = (2 * hits) / (hits + alarms + bad);
    if (Number.isFinite(threshold) && value > best.value) best = { value, threshold };
  }
  return best;
}

/** F1 at a threshold that was chosen on other cases. */
export function f1At(cases: readonly Scored[], threshold: number): number {
  const { bad, good } = totals(cases);
  const says = cases.filter(({ score }) => score !== null && score >= threshold);
  const hits = says.filter(({ label }) => label === 'anomalous').length;
  const passes = cases.filter(({ label, score }) => label === 'normal' && score !== null && score < threshold).length;
  return (2 * hits) / (hits + (good - passes) + bad);
}
