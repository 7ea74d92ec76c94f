// @vitest-environment node
import 'fake-indexeddb/auto';
import { encodePng } from '@agentiad/core/image/png.ts';
import { checkDocument } from '@agentiad/core/protocol/schema.ts';
import { describe, expect, it } from 'vitest';
import { createTestStudio, noticeCodes } from '../../testing/studioContext.ts';
import { addFiles } from './intake.ts';
import { addExemplars, deleteExemplars, saveCategory, undoDeletion } from './library.ts';
import { exportLibrary, importLibrary } from './libraryFile.ts';

const photo = (name: string, shade: number) => {
  const pixels = { width: 2, height: 1, data: new Uint8Array(6).fill(shade) };
  return new File([encodePng(pixels) as Uint8Array<ArrayBuffer>], name);
};
const names = (studio: ReturnType<typeof createTestStudio>) =>
  studio.store.getState().exemplars.map(({ category, name }) => `${category}/${name}`);

async function bolts() {
  const studio = createTestStudio();
  await saveCategory(studio, { name: 'bolt', types: ['bent'] });
  await addExemplars(studio, 'bolt', [photo('a.png', 1), photo('b.png', 2)]);
  return studio;
}

describe('a kind of part', () => {
  it('needs no names of defects; given ones are kept', async () => {
    const studio = createTestStudio();
    await saveCategory(studio, { name: ' cap ', types: [''] });
    expect(studio.store.getState().categories).toMatchObject([{ name: 'cap', types: [] }]);
    await saveCategory(studio, { name: 'cap', types: ['dent'] });
    await saveCategory(studio, { name: 'cap', types: [] });
    expect(await studio.storage.listCategories()).toMatchObject([{ name: 'cap', types: ['dent'] }]);
    expect(await saveCategory(studio, { name: ' ', types: [] })).toBeNull();
  });
});

describe('good parts', () => {
  it('are kept once each', async () => {
    const studio = await bolts();
    expect(await addExemplars(studio, 'bolt', [photo('again.png', 2)])).toBe(0);
    expect(noticeCodes(studio)).toEqual(['duplicate-exemplar']);
    expect(await studio.storage.listExemplars()).toHaveLength(2);
  });

  it('come back when their deletion is undone', async () => {
    const studio = await bolts();
    const [first] = studio.store.getState().exemplars;
    await deleteExemplars(studio, [first!.id]);
    expect(names(studio)).toEqual(['bolt/b.png']);
    await undoDeletion(studio);
    expect(await studio.storage.listExemplars()).toHaveLength(2);
  });
});

describe('the library file', () => {
  it('holds all good parts and gives them back in another browser, with the defects', async () => {
    const here = await bolts();
    await exportLibrary(here, 'bolt');
    const text = here.saved.get('bolt.library.json')!;
    expect(checkDocument('library', JSON.parse(text))).toMatchObject({ ok: true });

    const there = createTestStudio();
    await importLibrary(there, text, 'bolt.library.json');
    expect(names(there)).toEqual(['bolt/a.png', 'bolt/b.png']);
    expect(there.store.getState()).toMatchObject({ category: 'bolt', drawer: 'library', notices: [] });
    expect(there.store.getState().categories).toMatchObject([{ name: 'bolt', types: ['bent'] }]);
    expect(there.store.getState().exemplars.map(({ sha256 }) => sha256)).toEqual(
      here.store.getState().exemplars.map(({ sha256 }) => sha256),
    );
  });

  it('opened twice, or dropped on the page, adds nothing twice', async () => {
    const studio = await bolts();
    await exportLibrary(studio, 'bolt');
    const text = studio.saved.get('bolt.library.json')!;
    await addFiles(studio, [new File([text], 'bolt.library.json')]);
    expect(names(studio)).toHaveLength(2);
    expect(noticeCodes(studio)).toEqual([]);
  });

  it('with a changed image is refused as a whole, and nothing is lost', async () => {
    const studio = await bolts();
    await exportLibrary(studio, 'bolt');
    const text = studio.saved.get('bolt.library.json')!.replace(/"sha256":"..../, '"sha256":"0000');
    const other = createTestStudio();
    await importLibrary(other, text, 'x.json');
    expect(noticeCodes(other)).toEqual(['library-damaged']);
    expect(names(other)).toEqual([]);
    await addFiles(other, [new File(['{"a": 1}'], 'settings.json')]);
    expect(noticeCodes(other)).toEqual(['library-damaged', 'trace-foreign']);
  });
});
