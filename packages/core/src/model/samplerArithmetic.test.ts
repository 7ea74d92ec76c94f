import { describe, expect, it } from 'vitest';
import { distanceScale, drawnMass, fixedTopP, nucleusMass, sampleWeight } from './samplerArithmetic.ts';

describe('sampler arithmetic', () => {
  it('weighs by the exponential, the largest logit with 2^31', () => {
    const scale = distanceScale(0.7);
    expect(sampleWeight(3, 3, scale)).toBe(2 ** 31);
    for (let distance = 0; distance < 7; distance += 0.0131) {
      const exact = 2 ** 31 * Math.exp(-Math.fround(distance) / 0.7);
      expect(sampleWeight(-Math.fround(distance), 0, scale) / exact).toBeCloseTo(1, 3.9);
    }
    expect(sampleWeight(-100, 0, scale)).toBe(0);
    expect(sampleWeight(-3.4e38, 3.4e38, scale)).toBe(0);
  });

  it('splits a mass beyond 32 bits without rounding', () => {
    const total = 262144 * 2 ** 31;
    expect(nucleusMass(total, fixedTopP(1))).toBe(total);
    expect(nucleusMass(total, fixedTopP(0.25))).toBe(total / 4);
    expect(nucleusMass(total + 1, fixedTopP(0.25))).toBe(total / 4 + 1);
    expect(nucleusMass(total, fixedTopP(1e-30))).toBeGreaterThan(0);
    expect(drawnMass(total, 0)).toBe(1);
    expect(drawnMass(total, 2 ** 32 - 1)).toBe(total - total / 2 ** 32 + 1);
  });
});
