import { describe, expect, it } from 'vitest';
import { ratesAt, ratesAtEveryThreshold, selectiveError } from './rates.ts';
import { badCase, drawCases, goodCase } from './testCases.ts';

const AT = { t1: 0.3, t2: 0.7 };

describe('ratesAt', () => {
  it('counts escapes of the bad, overkill of the good and reviews of all; what failed is reviewed', () => {
    const cases = [
      badCase(0.1),
      badCase(0.5),
      badCase(0.9),
      badCase(null),
      goodCase(0.1),
      goodCase(0.9),
      goodCase(0.7),
    ];
    const { escape, overkill, review } = ratesAt(cases, AT);
    expect([escape.count, escape.of]).toEqual([1, 4]);
    expect([overkill.count, overkill.of]).toEqual([1, 3]);
    expect([review.count, review.of]).toEqual([3, 7]);
  });

  it('lets the fast path go first where Library match is sure', () => {
    const cases = [badCase(0.9, 0.2), badCase(0.1, 2), goodCase(0.9, 0.5), goodCase(0.9, 1)];
    const { escape, overkill, review } = ratesAt(cases, AT, { low: 0.6, high: 1.5 });
    expect([escape.count, overkill.count, review.count]).toEqual([1, 1, 0]);
  });
});

describe('ratesAtEveryThreshold', () => {
  it('agrees with counting at each of its thresholds', () => {
    const cases = [...drawCases(60, 3), badCase(null), goodCase(0.5), badCase(0.5)];
    const points = ratesAtEveryThreshold(cases);
    for (const { threshold, escape, overkill } of points) {
      const escapes = cases.filter(({ truth, score }) => truth === 'anomalous' && score !== null && score < threshold);
      const overkills = cases.filter(({ truth, score }) => truth === 'normal' && score !== null && score >= threshold);
      expect([escape.count, overkill.count]).toEqual([escapes.length, overkills.length]);
    }
    expect(points[0]!.escape.count).toBe(0);
    expect(points.at(-1)!.overkill.count).toBe(0);
    expect(points.map(({ threshold }) => threshold)).toEqual(points.map((p) => p.threshold).toSorted((a, b) => a - b));
  });

  it('tells from which score on each point holds', () => {
    const points = ratesAtEveryThreshold([goodCase(0.2), badCase(0.8)]);
    expect(points.map(({ above, escape, overkill }) => [above, escape.count, overkill.count])).toEqual([
      [-Infinity, 0, 1],
      [0.2, 0, 0],
      [0.8, 1, 0],
    ]);
  });

  it('takes Library match where it is asked for', () => {
    const points = ratesAtEveryThreshold([badCase(0, 3), goodCase(1, 1), goodCase(0)], 'library-match');
    expect(points.map(({ escape, overkill }) => [escape.count, overkill.count, overkill.of])).toEqual([
      [0, 1, 1],
      [0, 0, 1],
      [1, 0, 1],
    ]);
  });

  it('is quick enough to draw anew while a handle moves: 1,000 images', () => {
    const cases = drawCases(1000, 1);
    ratesAtEveryThreshold(cases);
    const started = performance.now();
    ratesAtEveryThreshold(cases);
    ratesAt(cases, AT);
    // Measured: 21 ms on two busy cores; the bound leaves room for busier ones.
    expect(performance.now() - started).toBeLessThan(100);
  });
});

describe('selectiveError', () => {
  it('halves the error where wrong calls are the unsure ones, and says so', () => {
    const sure = Array.from({ length: 8 }, (_, i) => (i % 2 ? badCase(0.95) : goodCase(0.05)));
    const { all, rest, ranks } = selectiveError([...sure, badCase(0.45), goodCase(0.55)]);
    expect([all.count, all.of, rest.count, rest.of, ranks]).toEqual([2, 10, 0, 8, true]);
  });

  it('earns nothing where every score is equally sure', () => {
    const cases = [...Array.from({ length: 8 }, () => badCase(1)), goodCase(1), goodCase(1)];
    const { all, rest, ranks } = selectiveError(cases);
    expect([all.rate, rest.rate, ranks]).toEqual([0.2, 0.25, false]);
  });

  it('sends failed inspections first', () => {
    expect(selectiveError([badCase(null), badCase(0.9), badCase(0.9), badCase(0.9), badCase(0.9)]).rest.count).toBe(0);
  });
});
