/** Opens the studio's database and turns what the browser throws into errors that say what to do. */
import { UserError } from '@agentiad/core/support/userError.ts';
import { openDB, type IDBPDatabase, type IDBPTransaction, type StoreNames } from 'idb';
import { migrate, MIGRATIONS } from './migrations.ts';
import type { StudioDb } from './schema.ts';

export const DB_NAME = 'agentiad-studio';

export type Database = IDBPDatabase<StudioDb>;

/** Does `work` on the open database; what it throws is named. */
export type Use = <T>(work: (db: Database) => Promise<T>) => Promise<T>;

export type Store = StoreNames<StudioDb>;
export type Change = () => Promise<unknown>;
export type Writing = IDBPTransaction<StudioDb, Store[], 'readwrite'>;

/** Does all that `changes` lists, in one transaction, or nothing; `changes` may read first, in the transaction. */
export async function changeAll(
  db: Database,
  stores: readonly Store[],
  changes: (tx: Writing) => readonly Change[] | Promise<readonly Change[]>,
): Promise<void> {
  const tx = db.transaction([...stores], 'readwrite');
  const asked: Promise<unknown>[] = [tx.done];
  try {
    for (const change of await changes(tx)) asked.push(change());
  } catch (error) {
    // What was asked before a record that cannot be stored is undone with it, and has no more to tell.
    for (const request of asked) request.catch(() => {});
    if (tx.error === null) tx.abort();
    throw error;
  }
  await Promise.all(asked);
}

/** Hands out one connection and opens a new one after it was closed (by an upgrade in another tab, or by the browser). */
export interface Connection {
  get(): Promise<Database>;
  close(): Promise<void>;
}

/** What happens to the database beside what is asked of it. */
export interface StorageEvents {
  /** Another tab with an older version keeps the database from opening. */
  readonly onBlocked: () => void;
  /** It is open (again). */
  readonly onOpened: () => void;
  /** Another tab brings a newer version: this one let go of the database and cannot open it any more. */
  readonly onOutdated: () => void;
  /** The browser closed it: its data was deleted, or the disk failed. */
  readonly onTerminated: () => void;
}

export function connect(events: Partial<StorageEvents>, name = DB_NAME): Connection {
  let opened: Promise<Database> | null = null;
  const open = (): Promise<Database> => {
    let failure: unknown = null;
    return openDB<StudioDb>(name, MIGRATIONS.length, {
      upgrade(db, from, _to, tx) {
        // Opening fails with it, and says why.
        tx.done.catch(() => {});
        // A migration that fails leaves everything as it was; the transaction of a failed request is aborted already.
        migrate(db, tx, from, MIGRATIONS.length).catch((error: unknown) => {
          failure = error;
          if (tx.error === null) tx.abort();
        });
      },
      blocked: () => events.onBlocked?.(),
      blocking(_current, _blocked, event) {
        (event.target as IDBDatabase).close();
        opened = null;
        events.onOutdated?.();
      },
      terminated() {
        opened = null;
        events.onTerminated?.();
      },
    }).then(
      (db) => {
        events.onOpened?.();
        return db;
      },
      (error: unknown) => {
        opened = null;
        throw namedStorageError(failure ?? error);
      },
    );
  };
  return {
    get: () => (opened ??= open()),
    async close() {
      const db = await opened;
      opened = null;
      db?.close();
    },
  };
}

/** A storage failure with cause and remedy; errors that are already named pass through. */
export function namedStorageError(error: unknown): UserError {
  if (error instanceof UserError) return error;
  // A DOMException is not an Error in every engine.
  const { name = '', message = String(error) } = error as Partial<Error>;
  const subject = "The browser's storage";
  if (name === 'QuotaExceededError')
    return new UserError({
      code: 'storage-full',
      subject,
      reason: 'is full, so this was not saved. Everything saved before is still there.',
      remedy: 'Export the result now, then delete old inspections or free disk space.',
      cause: error,
    });
  if (name === 'VersionError')
    return new UserError({
      code: 'storage-newer',
      subject,
      reason: 'holds data of a newer version of the studio.',
      remedy: 'Reload the page to get the newer version; nothing was changed.',
      cause: error,
    });
  return new UserError({
    code: 'storage-unavailable',
    subject,
    reason: `cannot be used (${message}).`,
    remedy: 'Leave private browsing or allow site data; until then results last only while this page is open.',
    cause: error,
  });
}
