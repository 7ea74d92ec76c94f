import { describe, expect, it } from 'vitest';
import { exemplarRecord } from '../testing/records.ts';
import { findingsOfLibrary, joinPairs, toldOf } from './libraryHealth.ts';

const part = (id: string, width = 100) => ({ ...exemplarRecord({ id, category: 'cap', name: id, sha256: id }), width });
const NOTHING = { key: '', isRunning: false, done: 0, total: 0, suspects: [], alike: [] };

describe('findings', () => {
  it('say what is odd, worst first, and which images are meant', () => {
    const exemplars = [part('a'), part('b'), part('c'), part('wide', 300), { ...part('off'), enabled: false }];
    const health = { ...NOTHING, suspects: [{ id: 'c', ratio: 1.6 }], alike: [['a', 'b']] };
    expect(findingsOfLibrary(exemplars, health, 3)).toEqual([
      { kind: 'suspect', ids: ['c'], ratio: 1.6 },
      { kind: 'mixed', ids: ['wide'] },
      { kind: 'alike', ids: ['a', 'b'] },
      { kind: 'off', ids: ['off'] },
    ]);
  });

  it('forget an image as soon as it is turned off or gone', () => {
    const health = { ...NOTHING, suspects: [{ id: 'gone', ratio: 2 }], alike: [['a', 'gone']] };
    expect(findingsOfLibrary([part('a'), part('b'), part('c')], health, 3)).toEqual([]);
    expect(findingsOfLibrary([part('a')], null, 3)).toEqual([{ kind: 'few', ids: ['a'] }]);
  });

  it('join what is alike over a third', () => {
    expect(
      joinPairs([
        [0, 1],
        [3, 4],
        [1, 2],
      ]),
    ).toEqual([
      [0, 1, 2],
      [3, 4],
    ]);
    const health = { nearDuplicates: [{ pair: [0, 2] as const, distance: 0 }], suspects: [], ratios: [] };
    expect(toldOf(health, ['a', 'b', 'c'])).toEqual({ suspects: [], alike: [['a', 'c']] });
  });
});
