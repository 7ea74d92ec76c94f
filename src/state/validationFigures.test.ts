import { describe, expect, it } from 'vitest';
import { countLabels, mostShare, scoreBins, worstCases } from './validationFigures.ts';

const one = (id: string, truth: 'normal' | 'anomalous', score: number | null, libraryScore: number | null = null) => ({
  ...{ id, truth, score, libraryScore },
  seconds: 1,
});
const cases = [
  one('sure escape', 'anomalous', 0.01, 0.5),
  one('escape', 'anomalous', 0.2, 1.4),
  one('overkill', 'normal', 0.9, 1.2),
  one('failed', 'normal', null, 0.4),
  one('near', 'normal', 0.34, 0.2),
  one('far', 'anomalous', 1, 3),
];
const thresholds = { t1: 0.35, t2: 0.65 };

describe('figures of a validation', () => {
  it('0 escapes in 30 means up to 10 %', () => {
    expect(mostShare(0, 30)).toBe(0.1);
    expect(mostShare(0, 19)).toBe(0.15);
  });

  it('count labels by what parts truly are; a failed one goes to review', () => {
    expect(countLabels(cases, thresholds, null)).toEqual({
      normal: { normal: 1, review: 1, anomalous: 1 },
      anomalous: { normal: 2, review: 0, anomalous: 1 },
    });
  });

  it('let the fast path go first', () => {
    const { anomalous } = countLabels(cases, thresholds, { low: 0.3, high: 1.3 });
    expect(anomalous).toEqual({ normal: 1, review: 0, anomalous: 2 });
  });

  it('put the surest wrong calls first and what is furthest from a threshold last', () => {
    const order = worstCases(cases, thresholds, null, 9).map(({ case: { id } }) => id);
    expect(order).toEqual(['sure escape', 'escape', 'overkill', 'failed', 'near', 'far']);
  });

  it('keep a score of 1 in the last bin', () => {
    expect(scoreBins(cases, 10)).toHaveLength(10);
    expect(scoreBins(cases, 10)[9]).toEqual({ good: 1, bad: 1 });
  });
});
