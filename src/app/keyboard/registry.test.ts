import { describe, expect, it } from 'vitest';
import i18next from 'i18next';
import { ACTIONS } from './registry.ts';
import { findConflicts, GROUPS } from './action.ts';
import { parseChord } from './chord.ts';

/** The keys people know from other tools, and what they do here. */
const KNOWN: readonly (readonly [id: string, keys: string])[] = [
  ['shortcuts', '?'],
  ['search', '/'],
  ['palette', 'Mod+k'],
  ['undo', 'Mod+z'],
  ['redo', 'Mod+Shift+z Mod+y'],
  ['leave', 'Escape'],
  ['nextStep', 'ArrowRight j'],
  ['previousStep', 'ArrowLeft k'],
  ['firstStep', 'Home'],
  ['lastStep', 'End'],
  ['previousExemplar', 'ArrowUp'],
  ['nextExemplar', 'ArrowDown'],
  ['previousRow', 'ArrowUp'],
  ['nextRow', 'ArrowDown'],
  ['playPause', 'Space'],
  ['panLeft', 'Shift+ArrowLeft'],
  ['panRight', 'Shift+ArrowRight'],
  ['panUp', 'Shift+ArrowUp'],
  ['panDown', 'Shift+ArrowDown'],
  ['zoomIn', '+ ='],
  ['zoomOut', '-'],
  ['fit', '0'],
  ['oneToOne', '1'],
  ['toggleFit', 'z'],
  ['zoomToRegion', '2'],
  ['follow', 'f'],
  ['previousRun', 'PageUp'],
  ['nextRun', 'PageDown'],
  ['nextRegion', 't'],
  ['previousRegion', 'Shift+t'],
  ['compare', 'c'],
  ['blink', 'b'],
  ['hideOverlays', 'h'],
  ['modelEye', 'v'],
  ['good', 'g'],
  ['defect', 'd'],
  ['unsure', 'u'],
  ['accept', 'Enter'],
  ['note', 'n'],
  ['inspectAgain', 'r'],
  ['stop', 'Shift+r'],
  ['fileAsGood', 'a'],
  ['removeRow', 'Delete'],
  ['export', 'e'],
  ['correct', 'x'],
  ['boxLeft', 'ArrowLeft'],
  ['boxWider', 'Shift+ArrowRight'],
  ['deleteBox', 'Delete'],
];

describe('the registry of keys', () => {
  it.each(KNOWN)('%s: %s', (id, keys) => {
    expect(ACTIONS.find((action) => action.id === id)?.keys.join(' ')).toBe(keys);
  });

  it('can be held, where a key is held, and is repeated by holding only where that walks or moves', () => {
    const held = ACTIONS.filter((action) => 'hold' in action).map(({ id }) => id);
    expect(held.sort()).toEqual(['blink', 'hideOverlays', 'playPause']);
    const repeating = ACTIONS.filter((action) => 'repeats' in action).map(({ id }) => id);
    for (const id of ['compare', 'modelEye', 'follow', 'good', 'inspectAgain']) expect(repeating).not.toContain(id);
  });

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
