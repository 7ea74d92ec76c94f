/** Forward-only, append-only: migration n takes the database from version n - 1 to n. Never edit a released one. */
import type { IDBPDatabase } from 'idb';
import type { StudioDb } from './schema.ts';

export const MIGRATIONS: readonly ((db: IDBPDatabase<StudioDb>) => void)[] = [
  function migration1(db) {
    const runs = db.createObjectStore('runs', { keyPath: 'id' });
    runs.createIndex('created', 'created');
    runs.createIndex('imageSha256', 'imageSha256');
    db.createObjectStore('traces', { keyPath: 'runId' });
    const exemplars = db.createObjectStore('exemplars', { keyPath: 'id' });
    exemplars.createIndex('category', 'category');
    exemplars.createIndex('sha256', 'sha256');
    db.createObjectStore('categories', { keyPath: 'name' });
    db.createObjectStore('recipes', { keyPath: 'id' }).createIndex('category', 'category');
    db.createObjectStore('assets', { keyPath: 'sha256' }).createIndex('added', 'added');
    db.createObjectStore('thumbs', { keyPath: 'sha256' });
    db.createObjectStore('decisions', { keyPath: 'runId' });
    db.createObjectStore('queue', { keyPath: 'id' }).createIndex('added', 'added');
    db.createObjectStore('settings', { keyPath: 'key' });
    db.createObjectStore('journal', { keyPath: 'id' }).createIndex('at', 'at');
  },
];
