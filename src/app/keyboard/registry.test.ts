import { describe, expect, it } from 'vitest';
import i18next from 'i18next';
import { ACTIONS } from './registry.ts';
import { findConflicts, GROUPS } from './action.ts';
import { parseChord } from './chord.ts';

describe('the registry of keys', () => {
  it('has no key twice where both would act', () => {
    expect(findConflicts(ACTIONS, { keys: {} })).toEqual([]);
  });

  it('finds a conflict that somebody makes by choosing another key', () => {
    expect(findConflicts(ACTIONS, { keys: { follow: 'r' } })).toContainEqual({
      chord: 'r',
      ids: ['follow', 'inspectAgain'],
    });
    // Lists and the stage are never there together.
    expect(findConflicts(ACTIONS, { keys: { removeRow: 'r' } })).toEqual([]);
  });

  it('takes no combination that browsers keep for themselves', () => {
    const allowed = ['Mod+k', 'Mod+z', 'Mod+Shift+z', 'Mod+y', 'Mod+a'];
    const taken = ACTIONS.flatMap(({ keys }) => keys).filter((chord) => parseChord(chord).mod);
    expect(taken.filter((chord) => !allowed.includes(chord))).toEqual([]);
  });

  it('names every action once, in words', () => {
    const ids = ACTIONS.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(i18next.exists(`keyboard:action.${id}`), id).toBe(true);
    for (const group of GROUPS) expect(i18next.exists(`keyboard:group.${group}`), group).toBe(true);
  });
});
