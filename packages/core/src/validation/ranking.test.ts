import { describe, expect, it } from 'vitest';
import { averagePrecision, bestF1, computeAuroc, f1At, rocCurve } from './ranking.ts';
import { bad, good } from './testDecisions.ts';

describe('computeAuroc', () => {
  it('is the share of pairs in the right order, ties counting half', () => {
    // Pairs: 0.9 > 0.5, 0.9 > 0.1, 0.5 = 0.5, 0.5 > 0.1.
    expect(computeAuroc([bad(true, 0.9), bad(true, 0.5), good(false, 0.5), good(false, 0.1)])).toBe(3.5 / 4);
    expect(computeAuroc([bad(true, 0.4), good(false, 0.4)])).toBe(0.5);
    expect(computeAuroc([bad(true, 0.1), good(false, 0.2)])).toBe(0);
  });

  it('takes a missing score for the worst guess', () => {
    expect(computeAuroc([bad(null), good(false, 0)])).toBe(0);
    expect(computeAuroc([bad(true, 1), good(null)])).toBe(0);
  });
});

describe('averagePrecision', () => {
  it('is the mean precision at each defect found, by hand', () => {
    // Ranked: defect, good, defect, good: precision 1/1 at the first, 2/3 at the second.
    const cases = [bad(true, 0.9), good(true, 0.8), bad(true, 0.7), good(false, 0.1)];
    expect(averagePrecision(cases)).toBeCloseTo((1 + 2 / 3) / 2);
  });

  it('takes equal scores together, whatever their order', () => {
    expect(averagePrecision([bad(true, 0.5), good(true, 0.5)])).toBe(0.5);
    expect(averagePrecision([good(true, 0.5), bad(true, 0.5)])).toBe(0.5);
  });

  it('never finds a defect without an answer', () => {
    expect(averagePrecision([bad(true, 0.9), bad(null), good(false, 0.1)])).toBe(0.5);
  });
});

describe('bestF1', () => {
  const cases = [bad(true, 0.9), bad(false, 0.4), good(false, 0.3), good(true, 0.6)];

  it('is the best over thresholds, by hand', () => {
    // From 0.9: 2 / (1 + 2). From 0.6: 2 / (2 + 2). From 0.4: 4 / (3 + 2). From 0.3: 4 / (4 + 2).
    expect(bestF1(cases)).toEqual({ value: 0.8, threshold: 0.4 });
  });

  it('is what f1At gives at its threshold, and less elsewhere', () => {
    expect(f1At(cases, 0.4)).toBeCloseTo(0.8);
    expect(f1At(cases, 0.9)).toBeCloseTo(2 / 3);
  });

  it('has no threshold where nothing has a score', () => {
    expect(bestF1([bad(null), good(null)])).toEqual({ value: 0, threshold: null });
    expect(f1At([bad(null), good(null)], 0.5)).toBe(0);
  });
});

describe('rocCurve', () => {
  it('climbs with defects, walks right with good parts, goes slant over ties', () => {
    const curve = rocCurve([bad(true, 0.9), bad(true, 0.5), good(true, 0.5), good(false, 0.1)]);
    expect(curve.map(({ falsePositiveRate, truePositiveRate }) => [falsePositiveRate, truePositiveRate])).toEqual([
      [0, 0],
      [0, 0.5],
      [0.5, 1],
      [1, 1],
    ]);
  });
});
