/** What a validation knows of one labelled image: what it truly is, and what the agent and Library match made of it. */
import type { Verdict } from '../protocol/verdict.ts';
import type { Scored } from './ranking.ts';

/** What a part really is, as somebody labelled it. */
export type Truth = 'normal' | 'anomalous';

export interface LabelledScore {
  readonly id: string;
  readonly truth: Truth;
  /** The agent's, 0..1, higher = more anomalous; null: the inspection failed. */
  readonly score: number | null;
  /** Library match's for the whole part, from 0 on; null: it was not asked. */
  readonly libraryScore: number | null;
  /** The whole inspection took. */
  readonly seconds: number;
}

/** Whose score: the agent's or Library match's. */
export type Scorer = 'agent' | 'library-match';

/**
 * Cases as the measures of `ranking.ts` take them. A failed inspection stays, as the worst guess; a part that Library
 * match was not asked about is left out, for it failed at nothing.
 */
export function scoredBy(cases: readonly LabelledScore[], scorer: Scorer = 'agent'): Scored[] {
  return scorer === 'agent'
    ? cases.map(({ truth, score }) => ({ label: truth, score }))
    : cases.flatMap(({ truth, libraryScore }) =>
        libraryScore === null ? [] : [{ label: truth, score: libraryScore }],
      );
}

/** What a validation takes from the verdict of a labelled image: scores before calibration. */
export function labelledScore(
  id: string,
  truth: Truth,
  { status, verdict, libraryMatch, timings }: Verdict,
): LabelledScore {
  return {
    id,
    truth,
    score: status === 'complete' ? (verdict.rawScore ?? verdict.score) : null,
    libraryScore: libraryMatch?.score ?? null,
    seconds: timings.totalMs / 1000,
  };
}
