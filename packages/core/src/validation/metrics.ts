/** Rates of labelled decisions (design §6, §8). An unparsable answer is a wrong one, whatever the label. */
import type { Truth } from './labelledScore.ts';

export interface Decision {
  readonly label: Truth;
  /** Null: no valid answer. */
  readonly saysAnomalous: boolean | null;
  /** Higher = more anomalous; null without a valid answer. */
  readonly score: number | null;
}

export interface Rates {
  readonly n: number;
  readonly accuracy: number;
  /** Mean of recall and specificity; NaN where one label does not occur. */
  readonly balancedAccuracy: number;
  /** Anomalous parts called anomalous. */
  readonly recall: number;
  /** Good parts called normal. */
  readonly specificity: number;
  /** Of the parts called anomalous, those that are; a good part without a valid answer counts as an alarm. */
  readonly precision: number;
  readonly f1: number;
}

export interface Counts {
  readonly anomalous: number;
  readonly normal: number;
  readonly hits: number;
  readonly passes: number;
  /** Answers that could not be read, per label. */
  readonly unparsable: { readonly anomalous: number; readonly normal: number };
}

export function countDecisions(decisions: readonly Decision[]): Counts {
  const count = (label: Truth, says: boolean | null) =>
    decisions.filter((decision) => decision.label === label && decision.saysAnomalous === says).length;
  const anomalous = decisions.filter(({ label }) => label === 'anomalous').length;
  return {
    anomalous,
    normal: decisions.length - anomalous,
    hits: count('anomalous', true),
    passes: count('normal', false),
    unparsable: { anomalous: count('anomalous', null), normal: count('normal', null) },
  };
}

export function computeRates(decisions: readonly Decision[]): Rates {
  const { anomalous, normal, hits, passes } = countDecisions(decisions);
  const recall = hits / anomalous;
  const specificity = passes / normal;
  // An unparsable answer on a good part is wrong, but it is no alarm: it still costs precision here.
  const falseAlarms = normal - passes;
  return {
    n: decisions.length,
    accuracy: (hits + passes) / decisions.length,
    balancedAccuracy: (recall + specificity) / 2,
    recall,
    specificity,
    precision: hits / (hits + falseAlarms),
    f1: (2 * hits) / (2 * hits + falseAlarms + (anomalous - hits)),
  };
}

export function isRight({ label, saysAnomalous }: Decision): boolean {
  return saysAnomalous !== null && saysAnomalous === (label === 'anomalous');
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
