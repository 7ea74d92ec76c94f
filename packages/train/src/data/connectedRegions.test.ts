import { describe, expect, it } from 'vitest';
import { connectedRegions } from './connectedRegions.ts';

/** Rows of `#` and `.`; regions as sorted indices. */
function regionsOf(rows: readonly string[], value = 1): number[][] {
  const mask = Uint8Array.from([...rows.join('')], (cell) => (cell === '#' ? value : 0));
  return connectedRegions(mask, rows[0]!.length).map((cells) => [...cells].sort((a, b) => a - b));
}

describe('connectedRegions', () => {
  it('joins cells that touch at an edge or a corner, and nothing across the border of a row', () => {
    expect(regionsOf(['#..#', '.#..', '...#'])).toEqual([[0, 5], [3], [11]]);
    expect(regionsOf(['..#', '#..'])).toEqual([[2], [3]]);
  });

  it('finds the way round a hole, each cell once', () => {
    const ring = regionsOf(['###', '#.#', '###']);
    expect(ring).toEqual([[0, 1, 2, 3, 5, 6, 7, 8]]);
  });

  it('takes any value but zero for a cell', () => {
    expect(regionsOf(['##.', '..#'], 255)).toEqual([[0, 1, 5]]);
  });

  it('finds nothing in an empty mask', () => {
    expect(regionsOf(['...', '...'])).toEqual([]);
  });
});
