// @vitest-environment node
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { redoLast, undoLast } from './changes.ts';
import { deleteCategory } from './deleteKind.ts';
import { addLabelled, readLabelled, removeLabelled } from './labelled.ts';
import { addExemplars, deleteExemplars, saveCategory } from './library.ts';
import { ensureRecipe } from './recipes.ts';

const files = (...names: readonly string[]) => names.map((name) => new File([name], name));

async function studioWithCaps(): Promise<TestStudio> {
  const studio = createTestStudio();
  await saveCategory(studio, { name: 'cap', types: [] });
  return studio;
}

const idsOf = (list: readonly { readonly id: string }[] | undefined) => (list ?? []).map(({ id }) => id);
const stateOf = (studio: TestStudio) => studio.store.getState();
const removeAll = (studio: TestStudio) => removeLabelled(studio, 'cap', idsOf(stateOf(studio).labelled['cap']));
const deleteAll = (studio: TestStudio) => deleteExemplars(studio, idsOf(stateOf(studio).exemplars));
const truthsStored = async (studio: TestStudio) =>
  (await studio.storage.listLabelled('cap')).map(({ name, truth }) => `${name}: ${truth}`);

describe('undo brings no image back that came in again meanwhile', () => {
  it('a labelled image that is now labelled otherwise keeps its new label alone', async () => {
    const studio = await studioWithCaps();
    await addLabelled(studio, 'cap', files('a.png', 'b.png'), 'normal');
    await removeAll(studio);
    await addLabelled(studio, 'cap', files('a.png'), 'anomalous');
    await undoLast(studio);
    expect((await truthsStored(studio)).toSorted()).toEqual(['a.png: anomalous', 'b.png: normal']);
    expect(stateOf(studio).labelled['cap']).toHaveLength(2);
    await redoLast(studio);
    expect(await truthsStored(studio)).toEqual(['a.png: anomalous']);
    expect(await readLabelled(studio, 'cap')).toEqual(stateOf(studio).labelled['cap']);
  });

  it('a labelled image that is now a good part', async () => {
    const studio = await studioWithCaps();
    await addLabelled(studio, 'cap', files('a.png'), 'normal');
    await removeAll(studio);
    await addExemplars(studio, 'cap', files('a.png'));
    await undoLast(studio);
    expect(await truthsStored(studio)).toEqual([]);
    expect(stateOf(studio).exemplars).toHaveLength(1);
  });

  it('a good part that was added again, or is labelled now', async () => {
    const studio = await studioWithCaps();
    await addExemplars(studio, 'cap', files('a.png', 'b.png', 'c.png'));
    await deleteAll(studio);
    await addExemplars(studio, 'cap', files('a.png'));
    await addLabelled(studio, 'cap', files('b.png'), 'normal');
    await undoLast(studio);
    expect(
      stateOf(studio)
        .exemplars.map(({ name }) => name)
        .toSorted(),
    ).toEqual(['a.png', 'c.png']);
    expect((await studio.storage.listExemplars()).map(({ name }) => name).toSorted()).toEqual(['a.png', 'c.png']);
    const recipe = await ensureRecipe(studio, 'cap');
    expect(new Set(recipe!.exemplarSha256).size).toBe(recipe!.exemplarSha256.length);
  });

  it('a good part that was removed twice comes back once', async () => {
    const studio = await studioWithCaps();
    for (let round = 0; round < 2; round++) {
      await addExemplars(studio, 'cap', files('a.png'));
      await deleteAll(studio);
    }
    await undoLast(studio);
    expect(stateOf(studio).exemplars).toHaveLength(1);
    expect(await studio.storage.listExemplars()).toHaveLength(1);
  });

  it('of a kind of part that is gone, and says so', async () => {
    const studio = await studioWithCaps();
    await addLabelled(studio, 'cap', files('a.png'), 'normal');
    await removeAll(studio);
    await deleteCategory(studio, 'cap');
    // The deletion is too long ago to be undone itself.
    studio.store.setState(({ changes }) => ({ changes: { ...changes, done: changes.done.slice(0, -1) } }));
    await undoLast(studio);
    expect(await truthsStored(studio)).toEqual([]);
    expect(noticeCodes(studio)).toEqual(['category-missing']);
  });
});
