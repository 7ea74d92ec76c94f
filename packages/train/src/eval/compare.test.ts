import { describe, expect, it } from 'vitest';
import { compareRuns, describeComparison } from './compare.ts';
import { makeOutcome } from './testOutcome.ts';

/** Ten defects and ten good parts; `right` says which are answered right. */
const run = (name: string, right: (index: number) => boolean) => ({
  name,
  outcomes: Array.from({ length: 20 }, (_, i) => {
    const isBad = i < 10;
    const says = right(i) === isBad;
    const label = isBad ? ('anomalous' as const) : ('normal' as const);
    return makeOutcome({
      id: `part ${i}`,
      label,
      saysAnomalous: says,
      score: says ? 0.9 : 0.1,
      category: isBad ? 'a' : 'b',
    });
  }),
});
const a = run('A.json', (i) => i % 2 === 0);
const b = run('B.json', (i) => i % 2 === 0 || i < 8);

describe('two runs over the same cases', () => {
  it('counts by hand: 10 right in both, 4 in the second alone', () => {
    const comparison = compareRuns(a, b, 1);
    expect(comparison.mcNemar).toEqual({ bothRight: 10, onlyA: 0, onlyB: 4, p: 2 / 16 });
    expect(comparison.onlyB).toEqual(['part 1', 'part 3', 'part 5', 'part 7']);
    expect(comparison.metrics.accuracy).toMatchObject({ a: 0.5, b: 0.7 });
    expect(comparison.metrics.accuracy.difference).toBeCloseTo(0.2);
    expect(comparison.perCategory).toEqual({ a: { n: 10, a: 0.5, b: 0.9 }, b: { n: 10, a: 0.5, b: 0.5 } });
  });

  it('turns its sign with the order of the runs', () => {
    const forward = compareRuns(a, b, 1).metrics.balancedAccuracy;
    const back = compareRuns(b, a, 1).metrics.balancedAccuracy;
    expect(back.difference).toBeCloseTo(-forward.difference);
    expect(forward.ci95[0]).toBeGreaterThan(0);
    expect(back.ci95[1]).toBeLessThan(0);
  });

  it('joins by id, not by place', () => {
    const shuffled = { ...b, outcomes: b.outcomes.toReversed() };
    expect(compareRuns(a, shuffled, 1)).toEqual(compareRuns(a, b, 1));
  });

  it('finds no difference of a run to itself', () => {
    const comparison = compareRuns(a, a, 1);
    expect(comparison.mcNemar.p).toBe(1);
    expect(comparison.metrics.auroc).toMatchObject({ difference: 0, ci95: [0, 0] });
  });

  it('tells it in words', () => {
    const text = describeComparison(compareRuns(a, b, 1));
    expect(text).toContain('20 cases; both right 10, only A 0, only B 4, none 6');
    expect(text).toMatch(/balancedAccuracy +A 0\.500 {2}B 0\.700 {2}B - A \+0\.200 \[.*B better/);
    expect(text).toContain('p = 0.1250');
  });
});

describe('runs that cannot be compared', () => {
  it('refuses runs of other cases and names one', () => {
    const fewer = { ...b, outcomes: b.outcomes.slice(1) };
    expect(() => compareRuns(a, fewer, 1)).toThrow(
      /A\.json and B\.json: they are not of the same cases: 1 of 20 are missing in the second.*"part 0"/,
    );
    expect(() => compareRuns(fewer, a, 1)).toThrow(/1 of 20 in the first/);
  });

  it('refuses the same ids with other labels', () => {
    const [first, ...rest] = b.outcomes;
    const relabelled = { ...b, outcomes: [{ ...first!, label: 'normal' as const }, ...rest] };
    expect(() => compareRuns(a, relabelled, 1)).toThrow(/"part 0" is anomalous in the first and not in the second/);
  });
});
