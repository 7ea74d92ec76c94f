import { describe, expect, it } from 'vitest';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { Decision } from './metrics.ts';
import { bootstrapInterval, computeAuroc, computeRates, expectedCalibrationError } from './metrics.ts';

const bad = (saysAnomalous: boolean | null, score: number | null = null): Decision => ({
  label: 'anomalous',
  saysAnomalous,
  score,
});
const good = (saysAnomalous: boolean | null, score: number | null = null): Decision => ({
  label: 'normal',
  saysAnomalous,
  score,
});

describe('computeRates', () => {
  it('counts by hand: 2 of 3 defects found, 3 of 4 good parts passed', () => {
    const rates = computeRates([bad(true), bad(true), bad(false), good(false), good(false), good(false), good(true)]);
    expect(rates.n).toBe(7);
    expect(rates.accuracy).toBeCloseTo(5 / 7);
    expect(rates.recall).toBeCloseTo(2 / 3);
    expect(rates.specificity).toBeCloseTo(3 / 4);
    expect(rates.balancedAccuracy).toBeCloseTo((2 / 3 + 3 / 4) / 2);
    expect(rates.f1).toBeCloseTo(4 / (4 + 1 + 1));
  });

  it('counts an unparsable answer as wrong on good and bad parts alike', () => {
    const rates = computeRates([bad(true), bad(null), good(false), good(null)]);
    expect(rates).toMatchObject({ accuracy: 0.5, recall: 0.5, specificity: 0.5, balancedAccuracy: 0.5 });
    expect(rates.f1).toBeCloseTo(2 / (2 + 1 + 1));
  });

  it('gives 0.5 balanced accuracy to whoever always says anomalous, however few good parts there are', () => {
    const rates = computeRates([...Array.from({ length: 9 }, () => bad(true)), good(true)]);
    expect(rates).toMatchObject({ accuracy: 0.9, balancedAccuracy: 0.5 });
  });
});

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

describe('expectedCalibrationError', () => {
  it('is 0 where the score is the share of anomalous parts, and the gap where it is not', () => {
    expect(expectedCalibrationError([bad(true, 0.5), good(true, 0.5)])).toBe(0);
    expect(expectedCalibrationError([bad(true, 1), good(false, 0)])).toBe(0);
    // One bin around 0.9 with half of the parts anomalous.
    expect(expectedCalibrationError([bad(true, 0.9), good(true, 0.9)])).toBeCloseTo(0.4);
    // Two bins, weighed by their parts: |0.2 - 0| over 3 parts, |0.8 - 1| over 1.
    const bins = [good(false, 0.2), good(false, 0.2), good(false, 0.2), bad(true, 0.8)];
    expect(expectedCalibrationError(bins)).toBeCloseTo(0.2);
  });

  it('leaves cases without a score out', () => {
    expect(expectedCalibrationError([bad(true, 0.7), good(null)])).toBeCloseTo(0.3);
  });
});

describe('bootstrapInterval', () => {
  const decisions = [
    ...Array.from({ length: 40 }, (_, index) => bad(index < 30)),
    ...Array.from({ length: 40 }, (_, index) => good(index >= 30)),
  ];
  const accuracy = (sample: readonly Decision[]) => computeRates(sample).balancedAccuracy;

  it('is the same for the same seed and holds the value itself', () => {
    const interval = bootstrapInterval(decisions, accuracy, createRandom(3));
    expect(bootstrapInterval(decisions, accuracy, createRandom(3))).toEqual(interval);
    expect(bootstrapInterval(decisions, accuracy, createRandom(4))).not.toEqual(interval);
    expect(interval[0]).toBeLessThan(0.75);
    expect(interval[1]).toBeGreaterThan(0.75);
  });

  it('is about as wide as the normal approximation', () => {
    const [low, high] = bootstrapInterval(decisions, accuracy, createRandom(3));
    const deviation = Math.sqrt((0.75 * 0.25) / 40 / 2);
    expect(high - low).toBeGreaterThan(0.8 * 2 * 1.96 * deviation);
    expect(high - low).toBeLessThan(1.2 * 2 * 1.96 * deviation);
  });

  it('keeps the number of parts per label in every draw', () => {
    const counts = new Set<number>();
    const count = (sample: readonly Decision[]) => {
      counts.add(sample.filter(({ label }) => label === 'anomalous').length);
      return 0;
    };
    bootstrapInterval([bad(true), good(false), good(false)], count, createRandom(1), 50);
    expect([...counts]).toEqual([1]);
  });
});
