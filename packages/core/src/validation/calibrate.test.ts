import { describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { applyCalibration, calibrate, calibratedCases, fitIsotonic, fitPlatt } from './calibrate.ts';
import { scoredBy } from './labelledScore.ts';
import { expectedCalibrationError } from './reliability.ts';
import { badCase, drawCases, goodCase } from './testCases.ts';

describe('fitIsotonic', () => {
  it('is the least squares fit among all that never fall, by trying every one', () => {
    const random = createRandom(2);
    for (let round = 0; round < 50; round++) {
      // Ties included.
      const points = Array.from({ length: 7 }, () => ({
        score: random.integer(0, 4) / 4,
        isBad: random.next() < 0.5,
      }));
      const curve = fitIsotonic(points);
      const error = (valueAt: (score: number) => number) =>
        points.reduce((sum, { score, isBad }) => sum + (valueAt(score) - Number(isBad)) ** 2, 0);
      const fitted = error((score) => applyCalibration(curve, score));
      expect(fitted).toBeCloseTo(leastError(points), 9);
      expect(curve.values).toEqual(curve.values.toSorted((a, b) => a - b));
    }
  });

  it('goes straight between what it knows and stays flat beyond', () => {
    const curve = fitIsotonic([
      { score: 0.2, isBad: false },
      { score: 0.6, isBad: true },
    ]);
    expect([0, 0.2, 0.4, 0.6, 1].map((score) => applyCalibration(curve, score))).toEqual([
      0,
      0,
      expect.closeTo(0.5),
      1,
      1,
    ]);
  });
});

describe('fitPlatt', () => {
  it('finds the sigmoid that the labels were drawn from', () => {
    const points = drawCases(20_000, 4, { isCalibrated: false }).map(({ truth, score }) => ({
      score: score!,
      isBad: truth === 'anomalous',
    }));
    const { slope, intercept } = fitPlatt(points);
    // The score's log-odds are three times the true ones.
    expect(slope).toBeCloseTo(1 / 3, 2);
    expect(intercept).toBeCloseTo(0, 1);
  });

  it('stays finite where good and bad are apart, and at scores of exactly 0 and 1', () => {
    const points = Array.from({ length: 30 }, (_, i) => ({ score: i % 2, isBad: i % 2 === 1 }));
    const curve = fitPlatt(points);
    expect(Number.isFinite(curve.slope)).toBe(true);
    // Platt's targets: 16 of 17.
    expect(applyCalibration(curve, 1)).toBeCloseTo(16 / 17, 3);
  });
});

describe('calibrate', () => {
  it('makes an overconfident score mean what it says, on images it has not seen', () => {
    const calibration = calibrate(drawCases(400, 1, { isCalibrated: false }))!;
    const fresh = drawCases(4000, 2, { isCalibrated: false });
    const before = expectedCalibrationError(scoredBy(fresh));
    const after = expectedCalibrationError(scoredBy(calibratedCases(fresh, calibration)));
    expect(before).toBeGreaterThan(0.12);
    expect(after).toBeLessThan(before / 2);
  });

  it('is the same in whatever order the images come', () => {
    const random = createRandom(9);
    const cases = drawCases(30, 1, { isCalibrated: false });
    const found = calibrate(cases);
    expect(found).not.toBeNull();
    for (let round = 0; round < 20; round++) {
      const order = cases.map((one) => ({ one, at: random.next() })).sort((a, b) => a.at - b.at);
      expect(calibrate(order.map(({ one }) => one))).toEqual(found);
    }
  });

  it('leaves a failed inspection without a score', () => {
    const calibration = calibrate(drawCases(100, 1));
    expect(calibratedCases([badCase(null)], calibration)[0]!.score).toBeNull();
  });

  it('is not made of too few images, of one kind, or of a score that runs the wrong way', () => {
    expect(calibrate(drawCases(19, 1))).toBeNull();
    expect(calibrate(Array.from({ length: 40 }, () => badCase(0.5)))).toBeNull();
    const reversed = drawCases(200, 1).map((one) => ({ ...one, score: 1 - one.score! }));
    expect(calibrate(reversed)).toBeNull();
    expect(calibrate(Array.from({ length: 40 }, (_, i) => (i % 2 ? badCase(0.5) : goodCase(0.5))))).toBeNull();
  });
});

/** Every way of cutting the distinct scores into runs of one value each, the mean; only those that never fall count. */
function leastError(points: readonly { score: number; isBad: boolean }[]): number {
  const levels = [...new Set(points.map(({ score }) => score))].sort((a, b) => a - b);
  let least = Infinity;
  for (let cuts = 0; cuts < 1 << (levels.length - 1); cuts++) {
    const runs: number[][] = [[levels[0]!]];
    levels.slice(1).forEach((level, i) => (cuts & (1 << i) ? runs.push([level]) : runs.at(-1)!.push(level)));
    const groups = runs.map((run) =>
      points.filter(({ score }) => run.includes(score)).map(({ isBad }) => Number(isBad)),
    );
    const means = groups.map((group) => group.reduce((a, b) => a + b, 0) / group.length);
    if (means.some((mean, i) => i > 0 && mean < means[i - 1]!)) continue;
    const error = groups.reduce((sum, group, i) => sum + group.reduce((s, y) => s + (y - means[i]!) ** 2, 0), 0);
    least = Math.min(least, error);
  }
  return least;
}
