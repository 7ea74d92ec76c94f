import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it } from 'vitest';
import { exemplarRecord } from '../../testing/records.ts';
import { createTestStudio, type TestStudio } from '../../testing/studioContext.ts';
import { findInGrid, moveInGrid, pickAll, pickedIds, pickExemplar, pickNone } from './grid.ts';
import { toggleEnabled } from './exemplars.ts';
import { deleteExemplars, undoDeletion } from './library.ts';
import { chooseCategory } from './settings.ts';

let studio: TestStudio;
const grid = () => studio.store.getState().grid;
const picked = () => [...grid().selected].sort();

beforeEach(() => {
  studio = createTestStudio();
  const exemplars = ['a', 'b', 'c', 'd', 'e'].map((id) =>
    exemplarRecord({ id, category: 'cap', name: `${id}.png`, sha256: id }),
  );
  studio.store.setState({
    exemplars,
    category: 'cap',
    drawer: 'library',
    categories: [{ name: 'cap', types: [], created: '', recipeId: null }],
  });
  studio.store.setState({ grid: { ...grid(), columns: 2 } });
});

describe('picking good parts', () => {
  it('by click, with Ctrl one more, with Shift all between', () => {
    pickExemplar(studio, 'b');
    pickExemplar(studio, 'd', { toggles: true });
    expect(picked()).toEqual(['b', 'd']);
    pickExemplar(studio, 'b', { toggles: true });
    expect(picked()).toEqual(['d']);
    pickExemplar(studio, 'a');
    pickExemplar(studio, 'c', { extends: true });
    expect(picked()).toEqual(['a', 'b', 'c']);
  });

  it('by arrows, with Shift from where the range began', () => {
    moveInGrid(studio, 'down');
    expect(grid().focused).toBe('a');
    moveInGrid(studio, 'down');
    expect(picked()).toEqual(['c']);
    moveInGrid(studio, 'down', true);
    expect(picked()).toEqual(['c', 'd', 'e']);
    moveInGrid(studio, 'up', true);
    expect(picked()).toEqual(['c']);
  });

  it('takes all that are shown, and only those', () => {
    findInGrid(studio, 'c.png');
    pickAll(studio);
    expect(picked()).toEqual(['c']);
    expect(pickNone(studio)).toBe(true);
    expect(pickNone(studio)).toBe(false);
  });

  it('ends when another kind is chosen', () => {
    pickAll(studio);
    chooseCategory(studio, 'other');
    expect(picked()).toEqual([]);
  });
});

describe('what the keys do with what is picked', () => {
  it('turns all off when any is on, then all on, and keeps that', async () => {
    pickExemplar(studio, 'a');
    pickExemplar(studio, 'b', { toggles: true });
    await toggleEnabled(studio, ['a']);
    const off = () => studio.store.getState().exemplars.filter(({ enabled }) => !enabled);
    expect(off().map(({ id }) => id)).toEqual(['a']);
    await toggleEnabled(studio, pickedIds(studio));
    expect(off().map(({ id }) => id)).toEqual(['a', 'b']);
    const stored = await studio.storage.listExemplars();
    expect(stored.map(({ id, enabled }) => [id, enabled])).toEqual([
      ['a', false],
      ['b', false],
    ]);
    await toggleEnabled(studio, pickedIds(studio));
    expect(off()).toEqual([]);
  });

  it('acts on the tile it stands on when nothing is picked, and a deletion comes back whole', async () => {
    pickExemplar(studio, 'e');
    pickNone(studio);
    expect(pickedIds(studio)).toEqual(['e']);
    await deleteExemplars(studio, ['e']);
    expect(grid()).toMatchObject({ focused: 'd', anchor: 'd' });
    await undoDeletion(studio);
    pickAll(studio);
    await deleteExemplars(studio, pickedIds(studio));
    expect(studio.store.getState().exemplars).toEqual([]);
    expect(picked()).toEqual([]);
    await undoDeletion(studio);
    expect(studio.store.getState().exemplars.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(await studio.storage.listExemplars()).toHaveLength(5);
  });
});
