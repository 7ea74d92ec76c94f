import { describe, expect, it } from 'vitest';
import { brierScore, expectedCalibrationError, reliabilityBins } from './reliability.ts';
import { bad, good } from './testDecisions.ts';

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

describe('reliabilityBins', () => {
  it('puts scores into tenths, the score 1 into the last', () => {
    const bins = reliabilityBins([bad(true, 0.11), good(false, 0.19), bad(true, 1), good(null)]);
    expect(bins).toHaveLength(10);
    expect(bins[1]).toMatchObject({ n: 2, anomalousShare: 0.5 });
    expect(bins[1]!.meanScore).toBeCloseTo(0.15);
    expect(bins[9]).toMatchObject({ n: 1, meanScore: 1, anomalousShare: 1 });
    expect(bins[5]).toMatchObject({ n: 0, meanScore: null, anomalousShare: null });
  });
});

describe('brierScore', () => {
  it('is the mean squared distance from the truth', () => {
    expect(brierScore([bad(true, 0.8), good(false, 0.4), good(null)])).toBeCloseTo((0.04 + 0.16) / 2);
  });
});
