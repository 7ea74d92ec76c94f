import { describe, expect, it } from 'vitest';
import type { LabelledScore } from './labelledScore.ts';
import { ratesAt } from './rates.ts';
import { suggestThresholds } from './suggest.ts';
import { badCase, drawCases, goodCase } from './testCases.ts';

const COSTS = { costRatio: 10, reviewCost: 0.2 };

describe('suggestThresholds', () => {
  it('costs no more than any other pair of thresholds', () => {
    for (const seed of [1, 2, 3]) {
      const cases = [...drawCases(30, seed), goodCase(0.4), badCase(0.4), badCase(null)];
      const { t1, t2 } = suggestThresholds(cases, COSTS)!;
      const edges = [
        0,
        ...cases.flatMap(({ score }) => (score === null ? [] : [score, score + 1e-9, score - 1e-9])),
        1,
      ].map((edge) => Math.min(Math.max(edge, 0), 1));
      const least = Math.min(
        ...edges.flatMap((a) => edges.filter((b) => a <= b).map((b) => costOf(cases, { t1: a, t2: b }))),
      );
      expect(costOf(cases, { t1, t2 })).toBeCloseTo(least, 9);
      expect(t1).toBeLessThanOrEqual(t2);
    }
  });

  it('sends what nobody has seen to review, where good and bad are apart', () => {
    const { t1, t2, expected } = suggestThresholds([goodCase(0.1), goodCase(0.3), badCase(0.6), badCase(0.9)], COSTS)!;
    expect([t1, t2]).toEqual([expect.closeTo(0.4), expect.closeTo(0.5)]);
    expect([expected.escape.count, expected.overkill.count, expected.review.count]).toEqual([0, 0, 0]);
  });

  it('lets fewer escape where an escape costs more', () => {
    const cases = drawCases(300, 9);
    const at = (costRatio: number) => suggestThresholds(cases, { costRatio, reviewCost: 0.5 })!.expected;
    expect(at(100).escape.count).toBeLessThan(at(2).escape.count);
  });

  it('has nothing to say of one kind alone', () => {
    expect(suggestThresholds([goodCase(0.1)], COSTS)).toBeNull();
    expect(suggestThresholds([goodCase(null), badCase(null)], COSTS)).toBeNull();
  });
});

/** Mean cost of a good and of a bad part together. */
function costOf(cases: readonly LabelledScore[], thresholds: { t1: number; t2: number }): number {
  const { escape, overkill } = ratesAt(cases, thresholds);
  const reviewed = (truth: string) => {
    const own = cases.filter((one) => one.truth === truth);
    return ratesAt(own, thresholds).review.rate!;
  };
  return 10 * escape.rate! + overkill.rate! + 0.2 * (reviewed('normal') + reviewed('anomalous'));
}
