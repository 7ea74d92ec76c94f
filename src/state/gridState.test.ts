import { describe, expect, it } from 'vitest';
import { exemplarRecord } from '../testing/records.ts';
import { foundExemplars, movedIndex, rangeOf } from './gridState.ts';

describe('moving in the grid', () => {
  it('goes by one tile or one row and stops at the edges', () => {
    expect(movedIndex(4, 'left', 4, 10)).toBe(3);
    expect(movedIndex(4, 'down', 4, 10)).toBe(8);
    expect(movedIndex(0, 'up', 4, 10)).toBe(0);
    expect(movedIndex(9, 'right', 4, 10)).toBe(9);
    expect(movedIndex(9, 'down', 4, 10)).toBe(9);
  });

  it('reaches a short last row from above its missing end', () => {
    expect(movedIndex(7, 'down', 4, 10)).toBe(9);
  });
});

describe('a range', () => {
  const ids = ['a', 'b', 'c', 'd'];

  it('runs from where it began, in either direction', () => {
    expect(rangeOf(ids, 'b', 'd')).toEqual(['b', 'c', 'd']);
    expect(rangeOf(ids, 'c', 'a')).toEqual(['a', 'b', 'c']);
  });

  it('is one tile when nothing began it, or that is not shown any more', () => {
    expect(rangeOf(ids, null, 'c')).toEqual(['c']);
    expect(rangeOf(ids, 'gone', 'c')).toEqual(['c']);
  });
});

it('finds good parts by name, tag, note and where they came from', () => {
  const all = [
    { ...exemplarRecord({ id: '1', category: 'cap', name: 'IMG_1.png', sha256: '1' }), tags: ['night shift'] },
    { ...exemplarRecord({ id: '2', category: 'cap', name: 'IMG_2.png', sha256: '2' }), source: 'cap/train/good/2.png' },
  ];
  expect(foundExemplars(all, 'NIGHT').map(({ id }) => id)).toEqual(['1']);
  expect(foundExemplars(all, 'train/').map(({ id }) => id)).toEqual(['2']);
  expect(foundExemplars(all, '  ')).toHaveLength(2);
});
