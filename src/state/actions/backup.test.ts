// @vitest-environment node
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { recipeRecord } from '../../testing/records.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { checkBackupFile, restoreChecked, saveBackup, stopBackupWork } from './backup.ts';
import { loadStored } from './boot.ts';
import { addExemplars, deleteExemplars, saveCategory } from './library.ts';
import { putBackRemoved, readStoragePanel, removeFeatures, removeOldValidations } from './storagePanel.ts';

const panel = (studio: TestStudio) => studio.store.getState().storagePanel;

async function withGoodPart(): Promise<TestStudio> {
  const studio = createTestStudio();
  await saveCategory(studio, { name: 'cap', types: ['dent'] });
  await addExemplars(studio, 'cap', [new File(['good'], 'good.png')]);
  return studio;
}

async function backupOf(studio: TestStudio): Promise<File> {
  await saveBackup(studio);
  const [[name, zip]] = [...studio.savedFiles] as [[string, Blob]];
  return new File([zip], name);
}

describe('a backup', () => {
  it('is saved, looked into and restored; the page then shows what was in it', async () => {
    const studio = await withGoodPart();
    const file = await backupOf(studio);
    expect(file.name).toBe('agentiad-2026-05-01-12-00.agentiad-backup.zip');
    expect(panel(studio)).toMatchObject({ lastBackup: '2026-05-01T12:00:00.000Z', work: null });
    const other = createTestStudio();
    await checkBackupFile(other, file);
    expect(panel(other).check?.rows.find(({ store }) => store === 'exemplars')?.fresh).toBe(1);
    expect(other.store.getState().exemplars).toEqual([]);
    await restoreChecked(other, false);
    expect(panel(other)).toMatchObject({ restored: 2, check: null });
    expect(other.store.getState().exemplars.map(({ name }) => name)).toEqual(['good.png']);
    await readStoragePanel(studio);
    expect(panel(studio).lastBackup).toBe('2026-05-01T12:00:00.000Z');
  });

  it('that is none is refused by name, and the page goes on', async () => {
    const studio = await withGoodPart();
    await checkBackupFile(studio, new File(['hello'], 'photo.zip'));
    const [notice] = studio.store.getState().notices;
    expect(notice?.problem).toMatchObject({ code: 'backup-foreign', subject: 'photo.zip' });
    expect(panel(studio)).toMatchObject({ work: null, check: null });
    expect(studio.store.getState().exemplars).toHaveLength(1);
  });

  it('can be stopped while it is made, which is no fault', async () => {
    const studio = await withGoodPart();
    const saving = saveBackup(studio);
    stopBackupWork(studio);
    await saving;
    expect([studio.savedFiles.size, noticeCodes(studio), panel(studio).work]).toEqual([0, [], null]);
  });

  it('is not restored in a tab that only reads', async () => {
    const studio = await withGoodPart();
    const file = await backupOf(studio);
    studio.store.setState({ isReadOnly: true });
    await checkBackupFile(studio, file);
    expect(noticeCodes(studio)).toEqual(['tab-reads-only']);
  });
});

describe('the storage panel', () => {
  it('tells what is used, and puts a removed good part back, also after the page was closed', async () => {
    const studio = await withGoodPart();
    const [exemplar] = studio.store.getState().exemplars;
    await deleteExemplars(studio, [exemplar!.id]);
    const later = createTestStudio({ databaseOf: studio });
    await loadStored(later);
    await readStoragePanel(later);
    expect(panel(later).used?.images).toEqual({ count: 1, bytes: 'good'.length + 1 });
    const [removed] = panel(later).removed;
    await putBackRemoved(later, removed!);
    expect(panel(later).removed).toEqual([]);
    await loadStored(later);
    expect(later.store.getState().exemplars).toEqual([exemplar]);
    await readStoragePanel(later);
    expect(panel(later).removed).toEqual([]);
  });

  it('cleans up what can be had again and what a newer validation took the place of', async () => {
    const studio = await withGoodPart();
    const { storage } = studio;
    const rows = new Float32Array(1000);
    await storage.putFeatures({ key: 'k', towerSha256: 't', sha256: 's', features: { rows } });
    const recipe = { id: 'r', version: 1, name: 'cap' };
    for (const [id, created] of [
      ['old', '2026-01-01'],
      ['new', '2026-02-01'],
      ['begun', '2026-03-01'],
    ] as const) {
      const status = id === 'begun' ? 'running' : 'complete';
      await storage.putValidation({ id, recipe, category: 'cap', created, status, with: {} as never });
    }
    await storage.putRecipe(recipeRecord({ id: 'r' }));
    await readStoragePanel(studio);
    expect(panel(studio).used?.features).toEqual({ count: 1, bytes: 4000 });
    await removeFeatures(studio);
    expect(panel(studio)).toMatchObject({ freedBytes: 4000, used: { features: { count: 0 } } });
    expect(panel(studio).oldValidations.map(({ id }) => id)).toEqual(['old']);
    await removeOldValidations(studio);
    expect((await storage.listValidations('r')).map(({ id }) => id)).toEqual(['begun', 'new']);
  });
});
