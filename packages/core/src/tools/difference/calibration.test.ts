import { describe, expect, it } from 'vitest';
import { createRandom } from '../../support/random.ts';
import { calibrate } from './calibration.ts';
import { largest, type ScoreMap } from './scoreMap.ts';

const side = 20;

/** Distances of a part: a level, noise, and a place of 2 x 2 cells that lies farther. */
function mapOf(seed: number, { level = 0.3, place = 0 } = {}): ScoreMap {
  const random = createRandom(seed);
  const values = Float32Array.from({ length: side * side }, (_, cell) => {
    const [row, column] = [Math.floor(cell / side), cell % side];
    const isPlace = row >= 8 && row < 10 && column >= 4 && column < 6;
    return level + 0.02 * random.normal() + (isPlace ? place : 0);
  });
  return { rows: side, columns: side, values };
}

const good = [1, 2, 3, 4, 5].map((seed) => mapOf(seed));
const calibration = calibrate(good, 0.9);
const scoreOf = (map: ScoreMap) => largest(calibration.toRatios(map).values);

describe('calibration on known-good parts', () => {
  it('calls another good part no farther than good parts get', () => {
    expect(scoreOf(mapOf(9))).toBeLessThan(1);
    expect(calibration.viewPercentile(scoreOf(mapOf(9)))).toBeLessThan(90);
  });

  it('finds a place that the light of the whole view would hide among distances', () => {
    const faint = mapOf(9, { place: 0.12 });
    expect(scoreOf(faint)).toBeGreaterThan(1.2);
    expect(calibration.distance(faint)).toBeLessThan(1);
    expect(calibration.standsOut(faint)).toBeCloseTo(scoreOf(faint), 5);
    expect(calibration.viewPercentile(scoreOf(faint))).toBeGreaterThan(95);
  });

  it('does not take a view that is lifted a little all over for a defect', () => {
    const lifted = mapOf(9, { level: 0.36 });
    expect(calibration.standsOut(lifted)).toBeLessThan(1);
    expect(scoreOf(lifted)).toBeLessThan(1);
  });

  it('does not take a part of another kind for good because nothing in it stands out', () => {
    const other = mapOf(9, { level: 0.9 });
    expect(calibration.standsOut(other)).toBeLessThan(1);
    expect(scoreOf(other)).toBeGreaterThan(1.5);
  });

  it('does not look where nobody is to look', () => {
    const inspected = Uint8Array.from({ length: side * side }, (_, cell) => Number(cell % side >= 10));
    const masked = (map: ScoreMap): ScoreMap => {
      return { ...map, values: map.values.map((value, cell) => value * inspected[cell]!), inspected };
    };
    const { toRatios } = calibrate(good.map(masked), 0.9);
    expect(largest(toRatios(masked(mapOf(9, { place: 0.5 }))).values)).toBeLessThan(1);
  });

  it('learns a scale from good parts: twice the noise among them makes the same place half as unusual', () => {
    const noisy = good.map((map) => ({ ...map, values: map.values.map((value) => 0.3 + 2 * (value - 0.3)) }));
    const place = mapOf(9, { place: 0.2 });
    expect(calibrate(noisy, 0.9).standsOut(place) / calibration.standsOut(place)).toBeCloseTo(0.5, 1);
  });
});
