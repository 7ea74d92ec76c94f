/** Everything the results of a validation show, computed from its cases; quick enough to follow a handle. Pure. */
import type { Triage } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { Label } from '@agentiad/core/protocol/verdict.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { upperBound } from '@agentiad/core/validation/binomial.ts';
import { labelOfCase } from '@agentiad/core/validation/rates.ts';

export const LABELS = ['normal', 'review', 'anomalous'] as const satisfies readonly Label[];

export type LabelCounts = Readonly<Record<'normal' | 'anomalous', Readonly<Record<Label, number>>>>;

/** The share of which is said that it is at most so large, at 95 %: in whole percent, rounded up. */
export function mostShare(count: number, of: number): number {
  return Math.ceil(upperBound(count, of) * 100) / 100;
}

/** Labels by what the parts truly are. `cases` as the thresholds are meant for. */
export function countLabels(
  cases: readonly LabelledScore[],
  thresholds: Thresholds,
  triage: Triage | null,
): LabelCounts {
  const none = () => ({ normal: 0, review: 0, anomalous: 0 });
  const counts = { normal: none(), anomalous: none() };
  for (const one of cases) counts[one.truth][labelOfCase(one, thresholds, triage)] += 1;
  return counts;
}

export interface ScoreBin {
  readonly good: number;
  readonly bad: number;
}

/** Scores 0..1 in even bins; the last one holds 1 too. Failed inspections are in none. */
export function scoreBins(cases: readonly LabelledScore[], count: number): ScoreBin[] {
  const bins = Array.from({ length: count }, () => ({ good: 0, bad: 0 }));
  for (const { truth, score } of cases) {
    if (score === null) continue;
    const bin = bins[Math.min(Math.floor(score * count), count - 1)]!;
    if (truth === 'normal') bin.good += 1;
    else bin.bad += 1;
  }
  return bins;
}

export type WorstKind = 'escape' | 'overkill' | 'failed' | 'near';

export interface WorstCase {
  readonly kind: WorstKind;
  readonly case: LabelledScore;
}

/** Escapes and overkills first, the surest wrong ones before others, then failed ones, then those nearest to a threshold. */
export function worstCases(
  cases: readonly LabelledScore[],
  thresholds: Thresholds,
  triage: Triage | null,
  most: number,
): WorstCase[] {
  const rank: Readonly<Record<WorstKind, number>> = { escape: 0, overkill: 1, failed: 2, near: 3 };
  const distance = (score: number) => Math.min(Math.abs(score - thresholds.t1), Math.abs(score - thresholds.t2));
  const kindOf = (one: LabelledScore): WorstKind => {
    const label = labelOfCase(one, thresholds, triage);
    if (one.truth === 'anomalous' && label === 'normal') return 'escape';
    if (one.truth === 'normal' && label === 'anomalous') return 'overkill';
    return one.score === null ? 'failed' : 'near';
  };
  const order = ({ kind, case: { score } }: WorstCase) =>
    score === null ? 0 : kind === 'near' ? distance(score) : kind === 'escape' ? score : -score;
  return cases
    .map((one) => ({ kind: kindOf(one), case: one }))
    .sort((a, b) => rank[a.kind] - rank[b.kind] || order(a) - order(b))
    .slice(0, most);
}

/** Seconds that a part took on average. */
export function meanSeconds(cases: readonly LabelledScore[]): number {
  return cases.reduce((sum, { seconds }) => sum + seconds, 0) / cases.length;
}
