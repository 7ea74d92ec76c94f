import { describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { aurocOf } from './auroc.ts';
import { bootstrapIntervals } from './bootstrap.ts';
import { scoredBy } from './labelledScore.ts';
import { computeAuroc } from './ranking.ts';
import { badCase, drawCases, goodCase } from './testCases.ts';

describe('aurocOf', () => {
  it('is the share of pairs in the right order, ties counting half, by counting pairs', () => {
    const cases = [...drawCases(40, 5), goodCase(0.5), badCase(0.5), badCase(0.5)];
    const good = cases.filter(({ truth }) => truth === 'normal');
    const bad = cases.filter(({ truth }) => truth === 'anomalous');
    const pairs = bad.flatMap((b) => good.map((g) => (b.score! > g.score! ? 1 : b.score === g.score ? 0.5 : 0)));
    const expected = pairs.reduce((sum: number, pair) => sum + pair, 0) / pairs.length;
    expect(aurocOf(cases)!.value).toBeCloseTo(expected, 12);
  });

  it('has the interval of the plain bootstrap, from the same draws', () => {
    const cases = [...drawCases(60, 7), badCase(null), goodCase(0.5), badCase(0.5)];
    const { low, high } = aurocOf(cases)!;
    const ranked = scoredBy(cases).toSorted((a, b) => (a.score ?? -1) - (b.score ?? -1));
    const plain = bootstrapIntervals(ranked, { auroc: computeAuroc }, createRandom(1)).auroc;
    expect(low).toBeCloseTo(plain[0], 12);
    expect(high).toBeCloseTo(plain[1], 12);
  });

  it('is nothing with one kind alone or without scores; parts that Library match did not see are left out', () => {
    expect(aurocOf([badCase(1), badCase(0)])).toBeNull();
    expect(aurocOf([badCase(1), goodCase(0)], 'library-match')).toBeNull();
    expect(aurocOf([badCase(0, 2), goodCase(1, 1), badCase(0)], 'library-match')!.value).toBe(1);
  });
});
