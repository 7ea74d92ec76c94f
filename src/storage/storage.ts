/**
 * The studio's storage: what may be kept and read, in one object. Everything is computed before a transaction opens,
 * and every write awaits its transaction, so a failed write leaves what was there.
 */
import { connect, namedStorageError, type Connection, type Database } from './open.ts';
import { packTrace, unpackTrace, type StoredRun } from './tracePacking.ts';
import type {
  AssetRecord,
  BytesRecord,
  CategoryRecord,
  DecisionRecord,
  ExemplarRecord,
  QueueRecord,
  RunRecord,
} from './schema.ts';

export interface ImageFile {
  readonly sha256: string;
  readonly mime: string;
  readonly bytes: ArrayBuffer;
  readonly thumb: ArrayBuffer;
  readonly thumbMime: string;
  /** ISO 8601, UTC. */
  readonly added: string;
  readonly windowLevel?: AssetRecord['windowLevel'];
}

export interface Storage {
  /** Runs, newest first; metadata only. */
  listRuns(): Promise<RunRecord[]>;
  /** Stores or replaces a run with what there is of its trace, in one transaction. */
  putRun(run: RunRecord, stored: StoredRun): Promise<void>;
  loadRun(id: string): Promise<{ run: RunRecord; stored: StoredRun } | null>;
  deleteRun(id: string): Promise<void>;
  /** Stores an image file and its thumbnail under the file's hash. */
  putImage(image: ImageFile): Promise<void>;
  readAsset(sha256: string): Promise<AssetRecord | null>;
  readThumb(sha256: string): Promise<BytesRecord | null>;
  listCategories(): Promise<CategoryRecord[]>;
  putCategory(category: CategoryRecord): Promise<void>;
  /** Removes the category and its exemplar records. */
  deleteCategory(name: string): Promise<void>;
  listExemplars(): Promise<ExemplarRecord[]>;
  putExemplar(exemplar: ExemplarRecord): Promise<void>;
  /** Removes the record and notes it in the journal; the bytes stay until `collectGarbage`. */
  deleteExemplar(exemplar: ExemplarRecord, at: string): Promise<void>;
  listQueue(): Promise<QueueRecord[]>;
  putQueued(item: QueueRecord): Promise<void>;
  deleteQueued(id: string): Promise<void>;
  listDecisions(): Promise<DecisionRecord[]>;
  /** Stores or replaces the decision on a run, and reads it back. */
  putDecision(decision: DecisionRecord): Promise<void>;
  deleteDecision(runId: string): Promise<void>;
  readSetting(key: string): Promise<unknown>;
  writeSetting(key: string, value: unknown): Promise<void>;
  /**
   * Drops bytes that no run, trace, exemplar or queued image refers to, unless they are in `keep`; image files only when
   * they came before `before` (ISO 8601, UTC), because a tab may be about to refer to a newer one. Returns how many.
   */
  collectGarbage(before: string, keep?: Iterable<string>): Promise<number>;
  close(): Promise<void>;
}

export function createStorage(onBlocked: () => void, name?: string): Storage {
  const connection: Connection = connect(onBlocked, name);
  const use = async <T>(work: (db: Database) => Promise<T>): Promise<T> => {
    try {
      return await work(await connection.get());
    } catch (error) {
      throw namedStorageError(error);
    }
  };

  return {
    listRuns: () => use(async (db) => (await db.getAllFromIndex('runs', 'created')).reverse()),
    putRun: (run, stored) => {
      const { record, assets } = packTrace(run.id, stored);
      return use(async (db) => {
        const tx = db.transaction(['runs', 'traces', 'assets'], 'readwrite');
        const writes = [tx.objectStore('runs').put(run), tx.objectStore('traces').put(record)];
        for (const asset of assets) writes.push(tx.objectStore('assets').put(asset));
        await Promise.all([...writes, tx.done]);
      });
    },
    loadRun: (id) =>
      use(async (db) => {
        const tx = db.transaction(['runs', 'traces', 'assets']);
        const [run, record] = await Promise.all([tx.objectStore('runs').get(id), tx.objectStore('traces').get(id)]);
        if (!run || !record) return null;
        const assets = await Promise.all(Object.keys(record.assets).map((key) => tx.objectStore('assets').get(key)));
        return { run, stored: unpackTrace(record, assets) };
      }),
    deleteRun: (id) =>
      use(async (db) => {
        const tx = db.transaction(['runs', 'traces', 'decisions'], 'readwrite');
        await Promise.all([
          tx.objectStore('runs').delete(id),
          tx.objectStore('traces').delete(id),
          tx.objectStore('decisions').delete(id),
          tx.done,
        ]);
      }),
    putImage: ({ thumb, thumbMime, ...image }) =>
      use(async (db) => {
        const tx = db.transaction(['assets', 'thumbs'], 'readwrite');
        await Promise.all([
          tx.objectStore('assets').put(image),
          tx.objectStore('thumbs').put({ sha256: image.sha256, mime: thumbMime, bytes: thumb }),
          tx.done,
        ]);
      }),
    readAsset: (sha256) => use(async (db) => (await db.get('assets', sha256)) ?? null),
    readThumb: (sha256) => use(async (db) => (await db.get('thumbs', sha256)) ?? null),
    listCategories: () => use((db) => db.getAll('categories')),
    putCategory: (category) => use(async (db) => void (await db.put('categories', category))),
    deleteCategory: (categoryName) =>
      use(async (db) => {
        const tx = db.transaction(['categories', 'exemplars'], 'readwrite');
        const keys = await tx.objectStore('exemplars').index('category').getAllKeys(categoryName);
        await Promise.all([
          tx.objectStore('categories').delete(categoryName),
          ...keys.map((key) => tx.objectStore('exemplars').delete(key)),
          tx.done,
        ]);
      }),
    listExemplars: () =>
      use(async (db) => (await db.getAll('exemplars')).sort((a, b) => a.added.localeCompare(b.added))),
    putExemplar: (exemplar) => use(async (db) => void (await db.put('exemplars', exemplar))),
    deleteExemplar: (exemplar, at) =>
      use(async (db) => {
        const tx = db.transaction(['exemplars', 'journal'], 'readwrite');
        await Promise.all([
          tx.objectStore('exemplars').delete(exemplar.id),
          tx.objectStore('journal').put({ id: `${at} ${exemplar.id}`, at, kind: 'exemplar-deleted', exemplar }),
          tx.done,
        ]);
      }),
    listQueue: () => use((db) => db.getAllFromIndex('queue', 'added')),
    putQueued: (item) => use(async (db) => void (await db.put('queue', item))),
    deleteQueued: (id) => use((db) => db.delete('queue', id)),
    listDecisions: () => use((db) => db.getAll('decisions')),
    putDecision: (decision) =>
      use(async (db) => {
        await db.put('decisions', decision);
        const kept = await db.get('decisions', decision.runId);
        if (kept?.at !== decision.at) throw new Error(`the decision on ${decision.runId} was not kept`);
      }),
    deleteDecision: (runId) => use((db) => db.delete('decisions', runId)),
    readSetting: (key) => use(async (db) => (await db.get('settings', key))?.value),
    writeSetting: (key, value) => use(async (db) => void (await db.put('settings', { key, value }))),
    collectGarbage: (before, keep = []) => use((db) => collectGarbage(db, before, keep)),
    close: () => connection.close(),
  };
}

async function collectGarbage(db: Database, before: string, keep: Iterable<string>): Promise<number> {
  const tx = db.transaction(['runs', 'traces', 'exemplars', 'queue', 'assets', 'thumbs'], 'readwrite');
  const [runs, traces, exemplars, queue, keys] = await Promise.all([
    tx.objectStore('runs').getAll(),
    tx.objectStore('traces').getAll(),
    tx.objectStore('exemplars').getAll(),
    tx.objectStore('queue').getAll(),
    tx.objectStore('assets').index('added').getAllKeys(IDBKeyRange.upperBound(before)),
  ]);
  const needed = new Set<string>([
    ...keep,
    ...runs.map((run) => run.imageSha256),
    ...traces.flatMap(({ assets, trace }) => [
      ...Object.keys(assets),
      ...trace.images.map((image) => image.source.sha256),
      ...(trace.branches ?? []).flatMap(({ images }) => images.map((image) => image.source.sha256)),
    ]),
    ...exemplars.map((exemplar) => exemplar.sha256),
    ...queue.map((item) => item.sha256),
  ]);
  const unused = keys.filter((key) => !needed.has(key));
  await Promise.all([
    ...unused.map((key) => tx.objectStore('assets').delete(key)),
    ...unused.map((key) => tx.objectStore('thumbs').delete(key)),
    tx.done,
  ]);
  return unused.length;
}
