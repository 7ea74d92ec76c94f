import { describe, expect, it } from 'vitest';
import type { Box } from './box.ts';
import { coverageShare, fullyShown, unseenBoxes } from './coverage.ts';

const part = { width: 1000, height: 500 };
const view = (frame: Box, factor: number) => ({
  frame,
  seen: { width: (frame[2] - frame[0]) * factor, height: (frame[3] - frame[1]) * factor },
});

describe('coverage', () => {
  it('counts what was shown at 1:1 or larger, and nothing that was shown reduced', () => {
    const whole = view([0, 0, 1000, 500], 0.4);
    expect(fullyShown([whole], 14)).toEqual([]);
    expect(fullyShown([whole, view([0, 0, 200, 100], 1), view([500, 0, 600, 100], 2)], 14)).toEqual([
      [0, 0, 200, 100],
      [500, 0, 600, 100],
    ]);
  });

  it('forgives a side that the processor rounded down to whole patches', () => {
    const rounded = { frame: [0, 0, 205, 113] as const, seen: { width: 196, height: 112 } };
    expect(fullyShown([rounded], 14)).toHaveLength(1);
    expect(fullyShown([rounded], 8)).toHaveLength(0);
  });

  it('counts a place once, however often it was seen', () => {
    expect(
      coverageShare(part, [
        [0, 0, 500, 500],
        [250, 0, 500, 250],
        [400, 400, 600, 500],
      ]),
    ).toBeCloseTo((500 * 500 + 100 * 100) / 500_000);
    expect(fullyShown([view([0, 0, 500, 500], 1), view([100, 100, 200, 200], 3)], 14)).toHaveLength(1);
    expect(coverageShare(part, [])).toBe(0);
    expect(coverageShare(part, [[0, 0, 1000, 500]])).toBe(1);
  });

  it('knows the rest: what was not seen, nothing twice', () => {
    const seen: Box[] = [
      [100, 100, 300, 200],
      [250, 150, 400, 400],
    ];
    const unseen = unseenBoxes(part, seen);
    const area = (boxes: readonly Box[]) => boxes.reduce((sum, [x1, y1, x2, y2]) => sum + (x2 - x1) * (y2 - y1), 0);
    expect(area(unseen) / 500_000 + coverageShare(part, seen)).toBeCloseTo(1);
    expect(coverageShare(part, [...unseen, ...seen])).toBeCloseTo(1);
    expect(unseenBoxes(part, [[0, 0, 1000, 500]])).toEqual([]);
  });
});
