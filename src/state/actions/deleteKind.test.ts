// @vitest-environment node
import 'fake-indexeddb/auto';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import { describe, expect, it } from 'vitest';
import { namedStorageError } from '../../storage/open.ts';
import { runRecord } from '../../testing/records.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { recipeFor } from '../recipes.ts';
import { thresholdsOf } from '../thresholds.ts';
import { loadStored } from './boot.ts';
import { redoLast, undoLast } from './changes.ts';
import { deleteCategory, undoKindDeletion } from './deleteKind.ts';
import { addTag } from './exemplars.ts';
import { addLabelled, readLabelled } from './labelled.ts';
import { addExemplars, saveCategory } from './library.ts';
import { exemplarsSettled, watchExemplars } from './recipeExemplars.ts';
import { duplicateRecipe, editRecipe } from './recipes.ts';
import { makeRoom } from './room.ts';
import { setThresholds } from './thresholds.ts';

const files = (...names: readonly string[]) => names.map((name) => new File([name], name));

/** A kind with good parts, one of them tagged, labelled images, two recipes, and thresholds from before it had any. */
async function studioWithCap(): Promise<TestStudio> {
  const studio = createTestStudio();
  await watchExemplars(studio);
  await saveCategory(studio, { name: 'cap', types: ['dent'] });
  await setThresholds(studio, 'cap', { t1: 0.1, t2: 0.9 });
  await addExemplars(studio, 'cap', files('a.png', 'b.png'));
  await addTag(studio, [studio.store.getState().exemplars[0]!.id], 'matt');
  await addLabelled(studio, 'cap', files('bad.png'), 'anomalous');
  await editRecipe(studio, 'cap', { specification: 'no dents' });
  await duplicateRecipe(studio, studio.store.getState().recipes[0]!.id);
  await exemplarsSettled(studio);
  studio.store.setState({ category: 'cap', changes: { done: [], undone: [] } });
  return studio;
}

/** All there is of kinds of part, as the page shows it and as it is stored. */
async function everything(studio: TestStudio) {
  await exemplarsSettled(studio);
  const { categories, exemplars, recipes, thresholds, labelled, category } = studio.store.getState();
  const byId = <T extends { readonly id: string }>(list: readonly T[]) =>
    list.toSorted((a, b) => a.id.localeCompare(b.id));
  const { storage } = studio;
  return structuredClone({
    shown: { categories, exemplars, recipes: byId(recipes), thresholds: { ...thresholds }, category },
    labelled: labelled['cap'] ?? [],
    stored: {
      categories: await storage.listCategories(),
      exemplars: await storage.listExemplars(),
      recipes: byId(await storage.listRecipes()),
      labelled: await storage.listLabelled('cap'),
      thresholds: (await storage.readSetting('thresholds/cap')) ?? null,
    },
  });
}

describe('a kind of part that is deleted', () => {
  it('comes back whole by one undo, and goes again by redo', async () => {
    const studio = await studioWithCap();
    const before = await everything(studio);
    await deleteCategory(studio, 'cap');
    const gone = await everything(studio);
    expect(gone.shown).toEqual({ categories: [], exemplars: [], recipes: [], thresholds: {}, category: null });
    expect(gone.stored).toEqual({ categories: [], exemplars: [], recipes: [], labelled: [], thresholds: null });
    expect(studio.store.getState().changes.done.map(({ kind }) => kind)).toEqual(['kind']);
    await undoLast(studio);
    expect(await everything(studio)).toEqual(before);
    await redoLast(studio);
    expect(await everything(studio)).toEqual(gone);
    await undoLast(studio);
    expect(await everything(studio)).toEqual(before);
    expect(noticeCodes(studio)).toEqual([]);
  });

  it('keeps the image files for its undo, and its inspections for good', async () => {
    const studio = await studioWithCap();
    studio.store.setState({ history: [runRecord({ id: 'r', category: 'cap' })] });
    const { sha256 } = (await studio.storage.listLabelled('cap'))[0]!;
    await deleteCategory(studio, 'cap');
    Object.assign(studio.host, { now: () => new Date('2026-05-01T13:00:00Z') });
    await makeRoom(studio);
    expect(await studio.storage.readAsset(sha256)).not.toBeNull();
    expect(studio.store.getState().history).toHaveLength(1);
  });

  it('leaves nothing that a new kind of its name would begin with', async () => {
    const studio = await studioWithCap();
    await deleteCategory(studio, 'cap');
    const there = createTestStudio({ databaseOf: studio });
    await loadStored(there);
    await saveCategory(there, { name: 'cap', types: [] });
    await loadStored(there);
    const state = there.store.getState();
    expect(recipeFor(state, 'cap')).toBeNull();
    expect([state.exemplars, state.recipes, await readLabelled(there, 'cap')]).toEqual([[], [], []]);
    expect(thresholdsOf(state, 'cap')).toEqual(DEFAULT_THRESHOLDS);
    expect(state.categories[0]!.types).toEqual([]);
  });

  it('comes back into a kind of its name that was made meanwhile, no image twice', async () => {
    const studio = await studioWithCap();
    await deleteCategory(studio, 'cap');
    await saveCategory(studio, { name: 'cap', types: [] });
    await addExemplars(studio, 'cap', files('a.png', 'new.png'));
    await undoKindDeletion(studio);
    const { shown, stored } = await everything(studio);
    expect(shown.exemplars.map(({ name }) => name).toSorted()).toEqual(['a.png', 'b.png', 'new.png']);
    expect(stored.exemplars.map(({ name }) => name).toSorted()).toEqual(['a.png', 'b.png', 'new.png']);
    expect([shown.recipes.length, shown.categories[0]!.types]).toEqual([2, ['dent']]);
  });

  it('stays where storage will not let it go, and says so', async () => {
    const studio = await studioWithCap();
    const before = await everything(studio);
    Object.assign(studio.storage, {
      deleteCategory: () => Promise.reject(namedStorageError(new DOMException('full', 'QuotaExceededError'))),
    });
    await deleteCategory(studio, 'cap');
    expect(await everything(studio)).toEqual(before);
    expect(studio.store.getState().changes.done).toEqual([]);
    expect(noticeCodes(studio)).toHaveLength(1);
  });

  it('is refused while images of it are being taken in or inspected', async () => {
    const studio = await studioWithCap();
    const before = await everything(studio);
    studio.store.setState({ importing: { stage: 'taking', done: 1, total: 2, isStopping: false } });
    await deleteCategory(studio, 'cap');
    expect(await everything(studio)).toEqual(before);
    expect(noticeCodes(studio)).toEqual(['kind-busy']);
  });
});
