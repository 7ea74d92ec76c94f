import { describe, expect, it } from 'vitest';
import { cosineSchedule } from './schedule.ts';

const rate = cosineSchedule({ peak: 2, steps: 110, warmup: 10 / 110, floor: 0.1 });

describe('cosineSchedule', () => {
  it('climbs in equal steps to the peak', () => {
    expect([0, 4, 9].map(rate)).toEqual([0.2, 1, 2]);
  });

  it('then falls along half a cosine: half way at the middle, the floor at the end', () => {
    expect(rate(10)).toBe(2);
    expect(rate(60)).toBeCloseTo((2 + 0.2) / 2, 12);
    expect(rate(110)).toBeCloseTo(0.2, 12);
    expect(rate(35)).toBeCloseTo(0.2 + 1.8 * 0.5 * (1 + Math.SQRT1_2), 12);
  });

  it('never learns at rate 0 and never rises again', () => {
    const rates = Array.from({ length: 120 }, (_, step) => rate(step));
    expect(Math.min(...rates)).toBeGreaterThan(0);
    for (let step = 11; step < 120; step++) expect(rates[step]!).toBeLessThanOrEqual(rates[step - 1]!);
  });

  it('works without warm-up and for a single step', () => {
    expect(cosineSchedule({ peak: 1, steps: 1, warmup: 0, floor: 0 })(0)).toBe(1);
  });
});
