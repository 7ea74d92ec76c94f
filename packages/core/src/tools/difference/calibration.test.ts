import { describe, expect, it } from 'vitest';
import { createRandom } from '../../support/random.ts';
import { calibrate } from './calibration.ts';
import { MATCH_METHOD } from './options.ts';
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

  it('finds a place that stands out, and not the same distance all over the view', () => {
    const place = mapOf(9, { place: 0.12 });
    const lifted = mapOf(9, { level: 0.42 });
    expect(calibration.distance(lifted)).toBeGreaterThan(calibration.distance(place) - 0.05);
    expect(scoreOf(place)).toBeGreaterThan(1.05);
    expect(calibration.viewPercentile(scoreOf(place))).toBeGreaterThan(80);
    expect(calibration.standsOut(lifted)).toBeLessThan(1);
    expect(scoreOf(lifted)).toBeLessThan(1);
  });

  it('does not take a bump for a defect in a view that is nearer than good parts are', () => {
    const near = mapOf(9, { level: 0.1, place: 0.12 });
    expect(calibration.standsOut(near)).toBeGreaterThan(1);
    expect(scoreOf(near)).toBeLessThan(1);
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

  it('reckons as MATCH_METHOD says: a change of these numbers wants another method number', () => {
    const scores = [{}, { place: 0.12 }, { level: 0.9 }].map((change) => scoreOf(mapOf(9, change)).toFixed(3));
    expect([MATCH_METHOD, ...scores]).toEqual([3, '0.637', '1.104', '1.655']);
  });

  it('learns a scale from good parts: twice the noise among them makes the same place half as unusual', () => {
    const noisy = good.map((map) => ({ ...map, values: map.values.map((value) => 0.3 + 2 * (value - 0.3)) }));
    const place = mapOf(9, { place: 0.2 });
    expect(calibrate(noisy, 0.9).standsOut(place) / calibration.standsOut(place)).toBeCloseTo(0.5, 1);
  });
});
