/**
 * Escapes, overkill and reviews of labelled images. Escape: a bad part labelled normal; overkill: a good part labelled
 * anomalous; a part sent to review, as every failed inspection is, is neither.
 */
import type { Rate, Triage } from '../protocol/recipe.ts';
import type { Thresholds } from '../protocol/thresholds.ts';
import { labelOfScore } from '../protocol/thresholds.ts';
import type { Label } from '../protocol/verdict.ts';
import { rateOf } from './binomial.ts';
import type { LabelledScore, Scorer } from './labelledScore.ts';
import { scoredBy } from './labelledScore.ts';

export interface OutcomeRates {
  /** Of the bad parts. */
  readonly escape: Rate;
  /** Of the good parts. */
  readonly overkill: Rate;
  /** Of all. */
  readonly review: Rate;
}

/** The label these thresholds give to one image, with the fast path going first where there is one. */
export function labelOfCase(
  { score, libraryScore }: LabelledScore,
  thresholds: Thresholds,
  triage: Triage | null = null,
): Label {
  return triagedLabel(libraryScore, triage) ?? (score === null ? 'review' : labelOfScore(score, thresholds));
}

/** What the fast path says of Library match's score; null: ask the agent. */
export function triagedLabel(libraryScore: number | null, triage: Triage | null): 'normal' | 'anomalous' | null {
  if (libraryScore === null || triage === null) return null;
  if (libraryScore < triage.low) return 'normal';
  return libraryScore > triage.high ? 'anomalous' : null;
}

/** Rates by the agent's scores as they are: give calibrated cases where the thresholds are meant for such. */
export function ratesAt(
  cases: readonly LabelledScore[],
  thresholds: Thresholds,
  triage: Triage | null = null,
): OutcomeRates {
  let [good, bad, escapes, overkills, reviews] = [0, 0, 0, 0, 0];
  for (const one of cases) {
    const label = labelOfCase(one, thresholds, triage);
    if (one.truth === 'anomalous') bad++;
    else good++;
    if (label === 'review') reviews++;
    else if (label !== one.truth && label === 'normal') escapes++;
    else if (label !== one.truth) overkills++;
  }
  return { escape: rateOf(escapes, bad), overkill: rateOf(overkills, good), review: rateOf(reviews, cases.length) };
}

export interface ThresholdRates {
  /** Every part that scores below is called normal, every other one anomalous; failed inspections are neither. */
  readonly threshold: number;
  /** The same holds for every threshold above this score, up to that of the next point. */
  readonly above: number;
  readonly escape: Rate;
  readonly overkill: Rate;
}

/** One point per place where anything changes, ascending: before the lowest score, between scores, past the highest. */
export function ratesAtEveryThreshold(cases: readonly LabelledScore[], scorer: Scorer = 'agent'): ThresholdRates[] {
  const all = scoredBy(cases, scorer);
  const bad = all.filter(({ label }) => label === 'anomalous').length;
  const good = all.length - bad;
  const ranked = all
    .flatMap(({ label, score }) => (score === null ? [] : [{ isBad: label === 'anomalous', score }]))
    .sort((a, b) => a.score - b.score);
  let escapes = 0;
  let overkills = ranked.filter(({ isBad }) => !isBad).length;
  const points: ThresholdRates[] = [];
  const add = (threshold: number, above: number) =>
    points.push({ threshold, above, escape: rateOf(escapes, bad), overkill: rateOf(overkills, good) });
  if (ranked.length > 0) add(ranked[0]!.score, -Infinity);
  ranked.forEach(({ isBad, score }, i) => {
    if (isBad) escapes++;
    else overkills--;
    const next = ranked[i + 1]?.score;
    if (next !== score) add(next === undefined ? score + Math.max(1e-6, score * 1e-6) : (score + next) / 2, score);
  });
  return points;
}

export interface SelectiveError {
  /** Wrong calls among all images. A failed inspection is a wrong one. */
  readonly all: Rate;
  /** Wrong calls among those that are left when the least certain are sent to review. */
  readonly rest: Rate;
  /** Sending them at least halved the error rate: the score tells sure calls from unsure ones. */
  readonly ranks: boolean;
}

/**
 * The error rate of the rest when the `share` of images nearest to `boundary` (from where on the call is anomalous) goes
 * to review. Of equally certain ones the right calls go first: a score that cannot tell them apart earns nothing.
 */
export function selectiveError(cases: readonly LabelledScore[], share = 0.2, boundary = 0.5): SelectiveError {
  const calls = cases
    .map(({ truth, score }) =>
      score === null
        ? { certainty: -1, isWrong: true }
        : { certainty: Math.abs(score - boundary), isWrong: score >= boundary !== (truth === 'anomalous') },
    )
    .sort((a, b) => a.certainty - b.certainty || Number(a.isWrong) - Number(b.isWrong));
  const kept = calls.slice(Math.round(share * calls.length));
  const count = (some: typeof calls) => rateOf(some.filter(({ isWrong }) => isWrong).length, some.length);
  const [all, rest] = [count(calls), count(kept)];
  return { all, rest, ranks: rest.rate !== null && rest.rate <= all.rate! / 2 };
}
