/** The same metrics per category and per data set, and their averages: macro (groups alike) and micro (images alike). */
import type { Decision } from '@agentiad/core/validation/metrics.ts';
import { computeRates, countDecisions, mean } from '@agentiad/core/validation/metrics.ts';
import { computeAuroc } from '@agentiad/core/validation/ranking.ts';

export interface GroupRates {
  readonly n: number;
  readonly normal: number;
  readonly anomalous: number;
  readonly accuracy: number;
  /** NaN where one label does not occur, as are recall or specificity, and AUROC. */
  readonly balancedAccuracy: number;
  readonly recall: number;
  readonly specificity: number;
  readonly f1: number;
  readonly auroc: number;
  readonly unparsable: number;
}

export interface MacroRates {
  /** Groups with both labels: only they have a balanced accuracy and an AUROC. */
  readonly groups: number;
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly auroc: number;
}

export function groupRates(decisions: readonly Decision[]): GroupRates {
  const { accuracy, balancedAccuracy, recall, specificity, f1 } = computeRates(decisions);
  const { normal, anomalous, unparsable } = countDecisions(decisions);
  return {
    n: decisions.length,
    normal,
    anomalous,
    accuracy,
    balancedAccuracy,
    recall,
    specificity,
    f1,
    auroc: computeAuroc(decisions),
    unparsable: unparsable.normal + unparsable.anomalous,
  };
}

/** Groups in alphabetical order. */
export function ratesBy<T extends Decision>(
  items: readonly T[],
  nameOf: (item: T) => string,
): Record<string, GroupRates> {
  const names = [...new Set(items.map(nameOf))].sort();
  return Object.fromEntries(names.map((name) => [name, groupRates(items.filter((item) => nameOf(item) === name))]));
}

/** Plain mean over groups; a group with one label only counts in the accuracy alone. */
export function macroOf(groups: Readonly<Record<string, GroupRates>>): MacroRates {
  const all = Object.values(groups);
  const both = all.filter(({ normal, anomalous }) => normal > 0 && anomalous > 0);
  return {
    groups: both.length,
    accuracy: mean(all.map(({ accuracy }) => accuracy)),
    balancedAccuracy: mean(both.map(({ balancedAccuracy }) => balancedAccuracy)),
    auroc: mean(both.map(({ auroc }) => auroc)),
  };
}
