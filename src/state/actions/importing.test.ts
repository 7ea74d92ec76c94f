// @vitest-environment node
import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { namedStorageError } from '../../storage/open.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import type { ImportState } from '../importState.ts';
import {
  beginImport,
  cancelImport,
  chooseForImport,
  findingsOf,
  takeImport,
  takenPaths,
  undoImport,
} from './importing.ts';
import { addLabelled } from './labelled.ts';
import { saveCategory } from './library.ts';

let studio: TestStudio;
const state = () => studio.store.getState();
const importing = () => state().importing;
const ready = () => importing() as Extract<ImportState, { stage: 'ready' }>;
const done = () => (importing() as Extract<ImportState, { stage: 'done' }>).result;
const folder = (paths: readonly string[]) =>
  paths.map((path) => ({ path, file: new File([path.replace(/=.*/, '')], path.split('/').at(-1)!) }));

const TREE = [
  'cap/train/good/1.png',
  'cap/train/good/2.png',
  'cap/test/good/3.png',
  'cap/test/crack/4.png',
  'cap/ground_truth/crack/4_mask.png',
];

beforeEach(() => {
  studio = createTestStudio();
});

describe('importing a folder', () => {
  it('looks first, then takes the good parts alone, and can be undone', async () => {
    await beginImport(studio, null, folder(TREE));
    expect(state().exemplars).toEqual([]);
    expect(takenPaths(ready(), findingsOf(studio, ready())).map(({ path }) => path)).toEqual(TREE.slice(0, 2));
    await takeImport(studio);
    expect(state().exemplars.map(({ category, source }) => [category, source])).toEqual([
      ['cap', 'cap/train/good/1.png'],
      ['cap', 'cap/train/good/2.png'],
    ]);
    expect(await studio.storage.listExemplars()).toHaveLength(2);
    expect(await studio.storage.listLabelled('cap')).toEqual([]);
    expect(done()).toMatchObject({ newKinds: ['cap'], left: 0 });
    await undoImport(studio);
    expect(state().exemplars).toEqual([]);
    expect(await studio.storage.listExemplars()).toEqual([]);
    expect(await studio.storage.listCategories()).toEqual([]);
  });

  it('takes tests as labelled images when asked to, with the truth of their folders', async () => {
    await beginImport(studio, null, folder(TREE));
    await chooseForImport(studio, { ...ready().choices, takesLabelled: true });
    await takeImport(studio);
    const labelled = await studio.storage.listLabelled('cap');
    expect(labelled.map(({ name, truth, type }) => [name, truth, type])).toEqual([
      ['4.png', 'anomalous', 'crack'],
      ['3.png', 'normal', null],
    ]);
    expect(state().categories).toMatchObject([{ name: 'cap', types: ['crack'] }]);
  });

  it('goes to the kind that is shown when that is empty, and keeps what is there already once', async () => {
    await saveCategory(studio, { name: 'My cap', types: [] });
    await beginImport(studio, 'My cap', folder(TREE));
    await takeImport(studio);
    expect(new Set(state().exemplars.map(({ category }) => category))).toEqual(new Set(['My cap']));
    await beginImport(studio, 'My cap', folder(TREE));
    await chooseForImport(studio, { ...ready().choices, targets: { cap: { takes: true, category: 'My cap' } } });
    expect([...findingsOf(studio, ready()).refused.values()]).toEqual([
      { kind: 'copy', same: '1.png', isInLibrary: true },
      { kind: 'copy', same: '2.png', isInLibrary: true },
    ]);
  });

  it('names what cannot be read and takes the rest; all of 300 files arrive', async () => {
    const paths = Array.from({ length: 300 }, (_, index) => `cap/${index}.png`);
    await beginImport(studio, null, folder([...paths, 'cap/broken.png']));
    await takeImport(studio);
    expect(state().exemplars).toHaveLength(300);
    expect([...done().refused.keys()]).toEqual(['cap/broken.png']);
    const stored = await studio.storage.listExemplars();
    expect(stored.map(({ sha256 }) => sha256)).toEqual(state().exemplars.map(({ sha256 }) => sha256));
  });

  it('keeps what was taken when it is cancelled, and says how many are missing', async () => {
    const paths = Array.from({ length: 200 }, (_, index) => `cap/${index}.png`);
    await beginImport(studio, null, folder(paths));
    const take = studio.intake.take;
    let count = 0;
    vi.spyOn(studio.intake, 'take').mockImplementation((file) => {
      if (++count === 60) cancelImport(studio);
      return take(file);
    });
    await takeImport(studio);
    const { added, left } = done();
    expect(added.length).toBeGreaterThanOrEqual(59);
    expect(added.length + left).toBe(200);
    expect(await studio.storage.listExemplars()).toHaveLength(added.length);
  });

  it('stops where storage has no room: what was stored stays whole, the rest is named', async () => {
    const paths = Array.from({ length: 100 }, (_, index) => `cap/${index}.png`);
    await beginImport(studio, null, folder(paths));
    const put = studio.storage.putExemplars.bind(studio.storage);
    let batches = 0;
    vi.spyOn(studio.storage, 'putExemplars').mockImplementation((...args) =>
      ++batches > 2 ? Promise.reject(new DOMException('full', 'QuotaExceededError')) : put(...args),
    );
    await takeImport(studio);
    const { added, left } = done();
    expect(added.length + left).toBe(100);
    expect(left).toBeGreaterThan(0);
    expect((await studio.storage.listExemplars()).map(({ id }) => id)).toEqual(added.map(({ id }) => id));
    for (const { sha256 } of added) expect(await studio.storage.readAsset(sha256)).not.toBeNull();
    expect(state().notices).not.toEqual([]);
  });

  it('says so when a folder comes while another one is being taken, which goes on undisturbed', async () => {
    await beginImport(studio, null, folder(TREE));
    const taking = takeImport(studio);
    await beginImport(studio, null, folder(['nut/train/good/1.png']));
    expect(state().notices.map(({ problem }) => [problem.code, problem.subject])).toEqual([['import-busy', 'nut']]);
    await taking;
    expect(done().added).toHaveLength(2);
  });

  it('says so when another one takes the place of a folder that was only looked at', async () => {
    await beginImport(studio, null, folder(TREE));
    await beginImport(studio, null, folder(['nut/train/good/1.png']));
    expect(state().notices.map(({ problem }) => [problem.code, problem.subject])).toEqual([['import-replaced', 'cap']]);
    expect(takenPaths(ready(), findingsOf(studio, ready())).map(({ path }) => path)).toEqual(['nut/train/good/1.png']);
  });

  it('says what is wrong with a label file instead of guessing', async () => {
    const files = [...folder(['set/a.png']), { path: 'set/manifest.jsonl', file: new File(['{'], 'manifest.jsonl') }];
    await beginImport(studio, null, files);
    expect(importing()).toMatchObject({ stage: 'failed', problem: { code: 'labels-unreadable' } });
    cancelImport(studio);
    expect(importing()).toBeNull();
  });
});

it('undone keeps a kind of part that labelled images were added to since', async () => {
  await beginImport(studio, null, folder(TREE));
  await takeImport(studio);
  await addLabelled(studio, 'cap', [new File(['bent'], 'bent.png')], 'anomalous');
  await undoImport(studio);
  expect(state().exemplars).toEqual([]);
  expect(await studio.storage.listLabelled('cap')).toHaveLength(1);
  expect(state().categories).toMatchObject([{ name: 'cap' }]);
});

it('comes to its end, and says why, where storage cannot be read', async () => {
  await beginImport(studio, null, folder(TREE));
  studio.storage.listLabelled = () => Promise.reject(namedStorageError(new Error('gone')));
  await takeImport(studio);
  expect(done()).toMatchObject({ added: [], left: 2 });
  expect(noticeCodes(studio)).toEqual(['storage-unavailable']);
});

it('refuses a part that is a labelled image as a good part', async () => {
  const { addExemplars } = await import('./library.ts');
  await beginImport(studio, null, folder(['cap/test/good/3.png', 'cap/train/good/1.png']));
  await chooseForImport(studio, { ...ready().choices, takesLabelled: true });
  await takeImport(studio);
  const added = await addExemplars(studio, 'cap', [new File(['cap/test/good/3.png'], 'again.png')]);
  expect(added).toBe(0);
  expect(state().notices.map(({ problem }) => problem.code)).toEqual(['exemplar-is-labelled']);
});
