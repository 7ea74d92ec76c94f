import { describe, expect, it } from 'vitest';
import { isoLines, mapColour, MAP_SCALE, markedPeak, signalOf, THRESHOLD } from './evidenceMap.ts';
import { mapPresence } from './mapTime.ts';

const range = (from: number, to: number) => Array.from({ length: 21 }, (_, step) => from + ((to - from) * step) / 20);

describe('colours of the evidence map', () => {
  it('leave a part like the good ones clear', () => {
    expect(mapColour(0.5, 'ratio')[3]).toBe(0);
    expect(mapColour(90, 'percentile')[3]).toBe(0);
  });

  it('are one fixed scale: beyond its end nothing changes, and lightness only grows', () => {
    expect(mapColour(5, 'ratio')).toEqual(mapColour(1.6, 'ratio'));
    const lightness = range(MAP_SCALE.ratio.from, MAP_SCALE.ratio.to).map((value) => {
      const [red, green, blue] = mapColour(value, 'ratio');
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    });
    expect(lightness).toEqual([...lightness].sort((a, b) => a - b));
  });

  it('turn red only beyond the threshold; below it blue leads, and thinly', () => {
    for (const kind of ['ratio', 'percentile'] as const) {
      for (const value of range(MAP_SCALE[kind].from, THRESHOLD[kind])) {
        const [red, , blue, alpha] = mapColour(value, kind);
        expect(blue).toBeGreaterThanOrEqual(red);
        expect(alpha).toBeLessThan(0.5 * 255);
      }
      const [red, , blue, alpha] = mapColour(THRESHOLD[kind] + (MAP_SCALE[kind].to - THRESHOLD[kind]) / 2, kind);
      expect(red).toBeGreaterThan(blue * 1.5);
      expect(alpha).toBeGreaterThan(0.75 * 255);
    }
  });
});

describe('the signal of a map', () => {
  it('is none on a flat low map, however its values differ among themselves', () => {
    expect(signalOf({ kind: 'ratio', values: [0.1, 0.5, 0.69] })).toBe('none');
    expect(signalOf({ kind: 'ratio', values: [0.1, 0.9] })).toBe('below');
    expect(signalOf({ kind: 'ratio', values: [0.1, 1.01] })).toBe('above');
    expect(signalOf({ kind: 'percentile', values: [98] })).toBe('below');
  });
});

describe('the marked peak', () => {
  const map = { rows: 1, columns: 2, kind: 'ratio', box: [0, 0, 100, 80], peak: [24.5, 40] } as const;

  it('is where the map has it, also below the line', () => {
    expect(markedPeak({ ...map, values: [1.3, 0.9] })).toEqual([24.5, 40]);
    expect(markedPeak({ ...map, values: [0.8, 0.2] })).toEqual([24.5, 40]);
  });

  it('is nowhere on a map that shows nothing, and on one of an older trace', () => {
    expect(markedPeak({ ...map, values: [0.6, 0.2] })).toBeNull();
    expect(markedPeak({ rows: 1, columns: 2, kind: 'ratio', box: [0, 0, 100, 80], values: [1.3, 0.9] })).toBeNull();
  });
});

describe('the line at the threshold', () => {
  it('is absent where nothing crosses it', () => {
    expect(isoLines({ rows: 2, columns: 2, values: [0.2, 0.3, 0.4, 0.99] }, 1)).toBe('');
  });

  it('goes around what crosses it, between the middles of the cells', () => {
    const values = [0, 0, 0, 0, 2, 0, 0, 0, 0];
    const path = isoLines({ rows: 3, columns: 3, values }, 1);
    const points = [...path.matchAll(/(-?[\d.]+),(-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
    expect(points).toContainEqual([1, 1.5]);
    expect(points).toContainEqual([2, 1.5]);
    for (const point of points) for (const value of point) expect(value >= 1 && value <= 2).toBe(true);
    expect(path.endsWith('Z')).toBe(true);
  });
});

describe('when the map is shown', () => {
  const map = { rows: 1, columns: 1, values: [1], kind: 'ratio', box: [0, 0, 1, 1] } as const;
  it('follows the scene with its step, stays when always is chosen, and never when off', () => {
    const during = { map: { ...map, opacity: 0.4 }, evidence: map };
    const later = { map: null, evidence: map };
    expect([mapPresence('step', during), mapPresence('step', later)]).toEqual([0.4, 0]);
    expect([mapPresence('always', during), mapPresence('always', later)]).toEqual([0.4, 1]);
    expect(mapPresence('never', during)).toBe(0);
    expect(mapPresence('always', { map: null, evidence: null })).toBe(0);
  });
});
