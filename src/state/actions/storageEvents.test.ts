// @vitest-environment node
import 'fake-indexeddb/auto';
import { forceCloseDatabase } from 'fake-indexeddb';
import { openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../storage/migrations.ts';
import { createStorage } from '../../storage/storage.ts';
import { createTestStudio, noticeCodes } from '../../testing/studioContext.ts';
import { storageEvents } from './storageEvents.ts';

let databases = 0;

function studioWithEvents() {
  const name = `events-${++databases}`;
  const studio = createTestStudio();
  return {
    name,
    studio,
    storage: createStorage(
      storageEvents(() => studio),
      name,
    ),
  };
}

describe('the page says what happens to its storage', () => {
  it('an older tab keeps it from opening: told while it lasts, and it goes on by itself', async () => {
    const { name, studio, storage } = studioWithEvents();
    const held = await openDB(name, 1, {
      upgrade: (db, _from, _to, tx) => void MIGRATIONS[0]!(db as never, tx as never),
    });
    const listing = storage.listRuns();
    await expect.poll(() => noticeCodes(studio)).toEqual(['storage-blocked']);
    held.close();
    expect(await listing).toEqual([]);
    expect(noticeCodes(studio)).toEqual([]);
  });

  it('a newer tab takes it over: told at once, and every further use says so', async () => {
    const { name, studio, storage } = studioWithEvents();
    await storage.listRuns();
    const newer = await openDB(name, MIGRATIONS.length + 1);
    expect(noticeCodes(studio)).toEqual(['storage-outdated']);
    await expect(storage.writeSetting('a', 1)).rejects.toMatchObject({ code: 'storage-newer' });
    newer.close();
  });

  it('the browser closes it: told, and opened anew when it is used next', async () => {
    const { studio, storage } = studioWithEvents();
    const opened = new Set<IDBDatabase>();
    const open = indexedDB.open.bind(indexedDB);
    indexedDB.open = (...given) => {
      const request = open(...given);
      request.addEventListener('success', () => opened.add(request.result));
      return request;
    };
    await storage.writeSetting('a', 1);
    indexedDB.open = open;
    for (const db of opened) forceCloseDatabase(db as never);
    expect(noticeCodes(studio)).toEqual(['storage-terminated']);
    expect(await storage.readSetting('a')).toBe(1);
  });
});
