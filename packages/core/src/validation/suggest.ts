/** Thresholds that cost least on labelled images, from what an escape costs against an overkill and a review. */
import type { Thresholds } from '../protocol/thresholds.ts';
import type { LabelledScore } from './labelledScore.ts';
import type { OutcomeRates } from './rates.ts';
import { ratesAt } from './rates.ts';

export interface Costs {
  /** An escape costs this many times an overkill. */
  readonly costRatio: number;
  /** A review costs this share of an overkill. */
  readonly reviewCost: number;
}

export const DEFAULT_COSTS: Costs = { costRatio: 10, reviewCost: 0.2 };

export interface Suggestion extends Thresholds {
  /** On these very images, which the thresholds were chosen on. */
  readonly expected: OutcomeRates;
}

/**
 * Least cost where good and bad parts come alike often; null without both or without scores. A threshold lies half-way
 * between two scores; where both fall between the same two, what lies between them goes to review: nobody has seen it.
 * Scores as the thresholds are meant for: calibrated where the recipe is.
 */
export function suggestThresholds(cases: readonly LabelledScore[], costs: Costs = DEFAULT_COSTS): Suggestion | null {
  const bad = cases.filter(({ truth }) => truth === 'anomalous').length;
  const good = cases.length - bad;
  const ranked = cases
    .flatMap(({ truth, score }) => (score === null ? [] : [{ isBad: truth === 'anomalous', score }]))
    .sort((a, b) => a.score - b.score);
  if (bad === 0 || good === 0 || ranked.length === 0) return null;
  const { costRatio, reviewCost } = costs;
  // Gap i lies below the i-th score. What moving the thresholds up past one score adds to the cost, against review.
  const passed = { bad: (costRatio - reviewCost) / bad, good: -reviewCost / good };
  const stopped = { bad: reviewCost / bad, good: (reviewCost - 1) / good };
  let [costOfT1, costOfT2] = [0, 0];
  let lowest = { cost: 0, gap: 0 };
  let best = { cost: Infinity, gap1: 0, gap2: 0 };
  for (let gap = 0; gap <= ranked.length; gap++) {
    if (gap > 0) {
      const kind = ranked[gap - 1]!.isBad ? 'bad' : 'good';
      costOfT1 += passed[kind];
      costOfT2 += stopped[kind];
    }
    // No threshold fits between equal scores.
    if (gap > 0 && ranked[gap]?.score === ranked[gap - 1]!.score) continue;
    if (costOfT1 < lowest.cost - 1e-12) lowest = { cost: costOfT1, gap };
    const cost = lowest.cost + costOfT2;
    if (cost < best.cost - 1e-12) best = { cost, gap1: lowest.gap, gap2: gap };
  }
  const thresholds = place(best.gap1, best.gap2);
  return { ...thresholds, expected: ratesAt(cases, thresholds) };

  function place(gap1: number, gap2: number): Thresholds {
    const edges = (gap: number) => [ranked[gap - 1]?.score ?? 0, ranked[gap]?.score ?? 1] as const;
    const within = (gap: number, share: number) => edges(gap)[0] + share * (edges(gap)[1] - edges(gap)[0]);
    // Before the first score nothing is normal, past the last nothing anomalous.
    const t1 = gap1 === 0 ? 0 : within(gap1, gap1 === gap2 ? 1 / 3 : 1 / 2);
    const t2 = gap2 === ranked.length ? 1 : within(gap2, gap1 === gap2 ? 2 / 3 : 1 / 2);
    return { t1, t2 };
  }
}
