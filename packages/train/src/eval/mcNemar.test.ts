import { describe, expect, it } from 'vitest';
import { mcNemarExact } from './mcNemar.ts';

describe('mcNemarExact', () => {
  it('is twice the binomial tail, by hand', () => {
    // 1 of 6: (1 + 6) / 64, twice.
    expect(mcNemarExact(1, 5)).toBeCloseTo(14 / 64, 12);
    expect(mcNemarExact(5, 1)).toBeCloseTo(14 / 64, 12);
    expect(mcNemarExact(0, 5)).toBeCloseTo(2 / 32, 12);
  });

  it('is 1 where the runs do not differ', () => {
    expect(mcNemarExact(0, 0)).toBe(1);
    expect(mcNemarExact(4, 4)).toBe(1);
  });

  it('holds for many disagreements', () => {
    // scipy.stats.binomtest(40, 100).pvalue
    expect(mcNemarExact(40, 60)).toBeCloseTo(0.05688793364098, 9);
    expect(mcNemarExact(900, 1200)).toBeLessThan(1e-9);
  });
});
