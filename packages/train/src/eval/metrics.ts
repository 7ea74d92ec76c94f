/** Metrics of labelled decisions (design §6, §8). An unparsable answer is a wrong one, whatever the label. */
import type { Random } from '@agentiad/core/support/random.ts';
import type { Label } from '../data/labelledCase.ts';

export interface Decision {
  readonly label: Label;
  /** Null: no valid answer. */
  readonly saysAnomalous: boolean | null;
  /** Higher = more anomalous; null without a valid answer. */
  readonly score: number | null;
}

export interface Rates {
  readonly n: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  /** Anomalous parts called anomalous. */
  readonly recall: number;
  /** Good parts called normal. */
  readonly specificity: number;
  readonly f1: number;
}

export function computeRates(decisions: readonly Decision[]): Rates {
  const count = (label: Label, says: boolean) =>
    decisions.filter((decision) => decision.label === label && decision.saysAnomalous === says).length;
  const anomalous = decisions.filter(({ label }) => label === 'anomalous').length;
  const normal = decisions.length - anomalous;
  const hits = count('anomalous', true);
  const passes = count('normal', false);
  const recall = hits / anomalous;
  const specificity = passes / normal;
  const falseAlarms = normal - passes;
  return {
    n: decisions.length,
    accuracy: (hits + passes) / decisions.length,
    balancedAccuracy: (recall + specificity) / 2,
    recall,
    specificity,
    // An unparsable answer on a good part is wrong, but it is no alarm: it still costs precision here.
    f1: (2 * hits) / (2 * hits + falseAlarms + (anomalous - hits)),
  };
}

/** Area under the ROC curve by ranks; ties count half. Cases without a score rank as the worst guess for their label. */
export function computeAuroc(decisions: readonly Pick<Decision, 'label' | 'score'>[]): number {
  const rank = ({ label, score }: Pick<Decision, 'label' | 'score'>) =>
    score ?? (label === 'anomalous' ? -Infinity : Infinity);
  const bad = decisions.filter(({ label }) => label === 'anomalous').map(rank);
  const good = decisions.filter(({ label }) => label === 'normal').map(rank);
  let wins = 0;
  for (const a of bad) for (const b of good) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (bad.length * good.length);
}

/** Percentile bootstrap interval (95 %) of a statistic, resampling within each label so that both always occur. */
export function bootstrapInterval<T extends { readonly label: Label }>(
  items: readonly T[],
  statistic: (sample: readonly T[]) => number,
  random: Random,
  rounds = 1000,
): readonly [number, number] {
  const byLabel = [items.filter(({ label }) => label === 'anomalous'), items.filter(({ label }) => label === 'normal')];
  const draws = Array.from({ length: rounds }, () =>
    statistic(byLabel.flatMap((group) => group.map(() => group[random.integer(0, group.length - 1)]!))),
  ).sort((a, b) => a - b);
  return [draws[Math.floor(0.025 * rounds)]!, draws[Math.ceil(0.975 * rounds) - 1]!];
}

/** Expected calibration error over ten equal bins of the score, against "is anomalous". */
export function expectedCalibrationError(decisions: readonly Pick<Decision, 'label' | 'score'>[]): number {
  const scored = decisions.filter(({ score }) => score !== null);
  const bins = Array.from({ length: 10 }, () => ({ score: 0, anomalous: 0 }));
  for (const { label, score } of scored) {
    const bin = bins[Math.min(9, Math.floor(score! * 10))]!;
    bin.score += score!;
    bin.anomalous += label === 'anomalous' ? 1 : 0;
  }
  return bins.reduce((sum, { score, anomalous }) => sum + Math.abs(score - anomalous), 0) / scored.length;
}
