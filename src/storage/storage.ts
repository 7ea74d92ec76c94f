/**
 * The studio's storage: what may be kept and read, in one object, by topic in its own files. Everything is computed
 * before a transaction opens, and every write awaits its transaction, so a failed write leaves what was there.
 */
import { createWholeStorage, type WholeStorage } from './whole.ts';
import { collectGarbage } from './garbage.ts';
import { createLibraryStorage, type LibraryStorage } from './library.ts';
import { connect, namedStorageError, type Connection, type StorageEvents, type Use } from './open.ts';
import { createRecipeStorage, type RecipeStorage } from './recipes.ts';
import { createRunStorage, type RunStorage } from './runs.ts';

export type { ImageFile } from './library.ts';

export interface Storage extends RunStorage, LibraryStorage, RecipeStorage, WholeStorage {
  readSetting(key: string): Promise<unknown>;
  writeSetting(key: string, value: unknown): Promise<void>;
  /**
   * Drops bytes that nothing stored refers to, unless they are in `keep`; image files only when they came before
   * `before` (ISO 8601, UTC), because somebody may be about to refer to a newer one; and features of images that are no
   * good parts any more. Returns how many files went. Does nothing during `keepingAll`.
   */
  collectGarbage(before: string, keep?: Iterable<string>): Promise<number>;
  /** Does `work` while nothing is collected: bytes come before the records that refer to them, or are read after these. */
  keepingAll<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function createStorage(events: Partial<StorageEvents> = {}, name?: string): Storage {
  const connection: Connection = connect(events, name);
  const use: Use = async (work) => {
    try {
      return await work(await connection.get());
    } catch (error) {
      throw namedStorageError(error);
    }
  };
  let keepers = 0;
  return {
    ...createRunStorage(use),
    ...createLibraryStorage(use),
    ...createRecipeStorage(use),
    ...createWholeStorage(use),
    readSetting: (key) => use(async (db) => (await db.get('settings', key))?.value),
    writeSetting: (key, value) => use(async (db) => void (await db.put('settings', { key, value }))),
    // Asked where its transaction opens: what is kept from then on is read behind it.
    collectGarbage: (before, keep = []) =>
      use((db) => (keepers > 0 ? Promise.resolve(0) : collectGarbage(db, before, keep))),
    async keepingAll(work) {
      keepers += 1;
      try {
        return await work();
      } finally {
        keepers -= 1;
      }
    },
    close: () => connection.close(),
  };
}
