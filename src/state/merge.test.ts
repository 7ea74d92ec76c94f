import { describe, expect, it } from 'vitest';
import { mergedList, mergedRecord } from './merge.ts';
import { keyed, omit, withKey } from './keyed.ts';

const one = (id: string, says: string) => ({ id, says });
const byId = ({ id }: { readonly id: string }) => id;

describe('what was read while somebody went on', () => {
  it('gives way to what was changed, added and deleted meanwhile, and to nothing else', () => {
    const [kept, edited, gone] = [one('kept', 'old'), one('edited', 'old'), one('gone', 'old')];
    const now = [kept, one('edited', 'by hand'), one('new', 'by hand')];
    const stored = [one('kept', 'read'), one('edited', 'read'), one('gone', 'read'), one('other', 'read')];
    expect(mergedList({ before: [kept, edited, gone], now, stored }, byId)).toEqual([
      one('kept', 'read'),
      one('edited', 'by hand'),
      one('other', 'read'),
      one('new', 'by hand'),
    ]);
  });

  it('is what is there where nothing was done', () => {
    const before = keyed([['a', 1]]);
    expect(mergedRecord({ before, now: before, stored: keyed([['b', 2]]) })).toEqual({ b: 2 });
    expect(mergedRecord({ before, now: keyed([['c', 3]]), stored: keyed([['a', 4]]) })).toEqual({ c: 3 });
  });
});

describe('a record by names', () => {
  it.each(['constructor', '__proto__', 'toString'])(
    'has no %s that nobody put there, and keeps one that is',
    (name) => {
      expect(keyed()[name]).toBeUndefined();
      const put = withKey(keyed([['a', 1]]), name, 2);
      expect(put[name]).toBe(2);
      expect(withKey(put, 'b', 3)[name]).toBe(2);
      expect(omit(put, name)[name]).toBeUndefined();
      expect(Object.keys(omit(put, 'a'))).toEqual([name]);
    },
  );
});
