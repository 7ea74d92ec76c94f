/** Forward-only, append-only: migration n takes the database from version n - 1 to n. Never edit a released one. */
import type { IDBPDatabase, IDBPTransaction, StoreNames } from 'idb';
import { factsOfVerdict } from './runFacts.ts';
import type { StudioDb } from './schema.ts';

type Upgrade = IDBPTransaction<StudioDb, StoreNames<StudioDb>[], 'versionchange'>;

/** May await requests of the transaction, and nothing else. */
type Migration = (db: IDBPDatabase<StudioDb>, tx: Upgrade) => void | Promise<void>;

export const MIGRATIONS: readonly Migration[] = [
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
  /** Lists know what the agent said and the thresholds a run was issued with. */
  async function migration2(_db, tx) {
    const runs = tx.objectStore('runs');
    for (const run of await runs.getAll()) {
      const record = await tx.objectStore('traces').get(run.id);
      await runs.put({ ...run, ...factsOfVerdict(record?.trace.verdict ?? null) });
    }
  },
  /** Recipes with their versions, labelled images and validations, features, corrections; lists know the recipe. */
  async function migration3(db, tx) {
    db.createObjectStore('recipeVersions', { keyPath: ['id', 'version'] });
    db.createObjectStore('labelled', { keyPath: 'id' }).createIndex('category', 'category');
    db.createObjectStore('validations', { keyPath: 'id' }).createIndex('recipe', 'recipe.id');
    db.createObjectStore('outcomes', { keyPath: ['validationId', 'sha256'] }).createIndex(
      'validationId',
      'validationId',
    );
    const features = db.createObjectStore('features', { keyPath: 'key' });
    features.createIndex('sha256', 'sha256');
    features.createIndex('towerSha256', 'towerSha256');
    db.createObjectStore('corrections', { keyPath: 'runId' });
    for (const run of await tx.objectStore('runs').getAll()) {
      const record = await tx.objectStore('traces').get(run.id);
      await tx.objectStore('runs').put({ ...run, ...factsOfVerdict(record?.trace.verdict ?? null) });
    }
    for (const exemplar of await tx.objectStore('exemplars').getAll())
      await tx.objectStore('exemplars').put({ ...exemplar, enabled: true, tags: [], note: '', source: null });
    for (const category of await tx.objectStore('categories').getAll())
      await tx.objectStore('categories').put({ ...category, recipeId: null });
    for (const item of await tx.objectStore('queue').getAll())
      await tx.objectStore('queue').put({ ...item, recipe: null });
  },
];

/** Runs the migrations from version `from` to version `to` inside an upgrade. */
export async function migrate(db: IDBPDatabase<StudioDb>, tx: Upgrade, from: number, to: number): Promise<void> {
  for (const migration of MIGRATIONS.slice(from, to)) await migration(db, tx);
}
