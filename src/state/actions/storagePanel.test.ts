// @vitest-environment node
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { addLabelled } from './labelled.ts';
import { addExemplars, deleteExemplars, saveCategory, undoDeletion } from './library.ts';
import { putBackRemoved, readStoragePanel } from './storagePanel.ts';

const files = (...names: readonly string[]) => names.map((name) => new File([name], name));

async function removedCap(): Promise<TestStudio> {
  const studio = createTestStudio();
  await saveCategory(studio, { name: 'cap', types: [] });
  await addExemplars(studio, 'cap', files('a.png'));
  await deleteExemplars(studio, [studio.store.getState().exemplars[0]!.id]);
  await readStoragePanel(studio);
  return studio;
}

const removedOf = (studio: TestStudio) => studio.store.getState().storagePanel.removed;
const shown = (studio: TestStudio) => studio.store.getState().exemplars.map(({ name }) => name);
const stored = async (studio: TestStudio) => (await studio.storage.listExemplars()).map(({ name }) => name);

describe('a removed good part that is put back', () => {
  it('is there again, and no longer among the removed ones', async () => {
    const studio = await removedCap();
    await putBackRemoved(studio, removedOf(studio)[0]!);
    expect([shown(studio), await stored(studio), removedOf(studio)]).toEqual([['a.png'], ['a.png'], []]);
  });

  it('is not there twice when the image was added again meanwhile, and it is said why', async () => {
    const studio = await removedCap();
    await addExemplars(studio, 'cap', files('a.png'));
    await putBackRemoved(studio, removedOf(studio)[0]!);
    expect([shown(studio), await stored(studio)]).toEqual([['a.png'], ['a.png']]);
    expect(noticeCodes(studio)).toEqual(['duplicate-exemplar']);
  });

  it('does not join the good parts when it is a labelled image now', async () => {
    const studio = await removedCap();
    await addLabelled(studio, 'cap', files('a.png'), 'normal');
    await putBackRemoved(studio, removedOf(studio)[0]!);
    expect([shown(studio), await stored(studio)]).toEqual([[], []]);
    expect(noticeCodes(studio)).toEqual(['exemplar-is-labelled']);
  });

  it('is not doubled by the undo that is still offered', async () => {
    const studio = await removedCap();
    await putBackRemoved(studio, removedOf(studio)[0]!);
    await undoDeletion(studio);
    expect([shown(studio), await stored(studio)]).toEqual([['a.png'], ['a.png']]);
  });
});
