import { describe, expect, it } from 'vitest';
import { beliefPoints, linesOf } from './belief.ts';

describe('the belief curve', () => {
  it('starts at the whole part, and has a gap where nothing was read', () => {
    const points = beliefPoints(0.4, [{ belief: 0.5 }, { belief: null }, {}, { belief: 0.9 }, { belief: 0.95 }]);
    expect(points).toEqual([
      { turn: 0, belief: 0.4 },
      { turn: 1, belief: 0.5 },
      { turn: 4, belief: 0.9 },
      { turn: 5, belief: 0.95 },
    ]);
    expect(linesOf(points).map((line) => line.map(({ turn }) => turn))).toEqual([
      [0, 1],
      [4, 5],
    ]);
  });

  it('is nothing for a trace without beliefs', () => {
    expect(beliefPoints(null, [{}, {}])).toEqual([]);
  });
});
