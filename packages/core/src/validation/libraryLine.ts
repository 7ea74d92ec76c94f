/** Where Library match alone would draw the line between good and bad parts, and what it would let through there. */
import type { LabelledScore } from './labelledScore.ts';
import type { OutcomeRates, ThresholdRates } from './rates.ts';
import { ratesAt, ratesAtEveryThreshold } from './rates.ts';

/** What differs from the good parts more than they differ among themselves: a line that no labelled image had a say in. */
export const LIBRARY_LINE = 1;

/** Rates of Library match alone at `LIBRARY_LINE`, over the parts it was asked about; null: about none. */
export function libraryRates(cases: readonly LabelledScore[]): OutcomeRates | null {
  const asked = cases.flatMap((one) => (one.libraryScore === null ? [] : [{ ...one, score: one.libraryScore }]));
  return asked.length === 0 ? null : ratesAt(asked, { t1: LIBRARY_LINE, t2: LIBRARY_LINE });
}

export type BestLine = Pick<ThresholdRates, 'threshold' | 'escape' | 'overkill'>;

/**
 * The line where escapes and overkill together are least: chosen on these very images, so new parts will do worse. Null
 * without both good and bad parts that Library match was asked about.
 */
export function bestLibraryLine(cases: readonly LabelledScore[]): BestLine | null {
  const points = ratesAtEveryThreshold(cases, 'library-match').filter(
    ({ escape, overkill }) => escape.rate !== null && overkill.rate !== null,
  );
  const sum = ({ escape, overkill }: BestLine) => escape.rate! + overkill.rate!;
  const best = points.toSorted((a, b) => sum(a) - sum(b))[0];
  return best ? { threshold: best.threshold, escape: best.escape, overkill: best.overkill } : null;
}
