/** The fast path: where Library match alone is sure enough, and what leaving the agent out there does. */
import type { Triage } from '../protocol/recipe.ts';
import type { Thresholds } from '../protocol/thresholds.ts';
import type { LabelledScore } from './labelledScore.ts';
import type { OutcomeRates } from './rates.ts';
import { ratesAt, triagedLabel } from './rates.ts';

/** Parts of each kind below which no fast path is suggested. */
const FEWEST_OF_A_KIND = 10;
/** It is not worth having when it decides less than this share. */
const LEAST_SHARE = 0.1;

export interface TriageEffect extends Pick<OutcomeRates, 'escape' | 'overkill' | 'review'> {
  /** Share of the parts that never reach the agent. */
  readonly decidedShare: number;
  /** Mean per part, as measured without the fast path. */
  readonly secondsBefore: number;
  readonly secondsAfter: number;
}

export interface TriageOptions {
  readonly thresholds: Thresholds;
  /** What Library match takes for one part. */
  readonly librarySeconds: number;
}

/** What a fast path does on labelled images, all of which both looked at. Scores as the thresholds are meant for. */
export function triageEffect(
  cases: readonly LabelledScore[],
  triage: Triage | null,
  { thresholds, librarySeconds }: TriageOptions,
): TriageEffect {
  const decided = cases.map(({ libraryScore }) => triagedLabel(libraryScore, triage) !== null);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    ...ratesAt(cases, thresholds, triage),
    decidedShare: mean(decided.map(Number)),
    secondsBefore: mean(cases.map(({ seconds }) => seconds)),
    secondsAfter: mean(cases.map(({ seconds }, i) => (decided[i] ? Math.min(librarySeconds, seconds) : seconds))),
  };
}

/**
 * The widest fast path that got no labelled part wrong: `low` half-way below the lowest bad part, `high` half-way above
 * the highest good one. Null where that decides too little, or with too few parts to say; `effect` is then without one.
 */
export function suggestTriage(
  cases: readonly LabelledScore[],
  options: TriageOptions,
): { readonly triage: Triage | null; readonly effect: TriageEffect } {
  const triage = widest(cases);
  const effect = triageEffect(cases, triage, options);
  if (triage !== null && effect.decidedShare >= LEAST_SHARE) return { triage, effect };
  return { triage: null, effect: triageEffect(cases, null, options) };
}

function widest(cases: readonly LabelledScore[]): Triage | null {
  const scoresOf = (truth: LabelledScore['truth']) =>
    cases
      .flatMap((one) => (one.truth === truth && one.libraryScore !== null ? [one.libraryScore] : []))
      .sort((a, b) => a - b);
  const [good, bad] = [scoresOf('normal'), scoresOf('anomalous')];
  if (good.length < FEWEST_OF_A_KIND || bad.length < FEWEST_OF_A_KIND) return null;
  const [firstBad, lastGood] = [bad[0]!, good.at(-1)!];
  if (lastGood < firstBad) {
    // All good parts lie below all bad ones: the agent is asked about what lies between, which nobody has seen.
    const gap = firstBad - lastGood;
    return { low: lastGood + gap / 3, high: firstBad - gap / 3 };
  }
  const sureGood = good.findLast((score) => score < firstBad);
  const sureBad = bad.find((score) => score > lastGood);
  return {
    low: sureGood === undefined ? 0 : (sureGood + firstBad) / 2,
    high: sureBad === undefined ? bad.at(-1)! + lastGood : (sureBad + lastGood) / 2,
  };
}
