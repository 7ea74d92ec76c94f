/** Everything that is stored, as a backup takes it and gives it back: records by store, bytes by hash. */
import type { StoreNames } from 'idb';
import { changeAll, type Use } from './open.ts';
import type { AssetRecord, BytesRecord, StudioDb } from './schema.ts';

/** Stores of bytes, and of what can be computed again. */
type OtherStore = 'assets' | 'thumbs' | 'features';
export type RecordStore = Exclude<StoreNames<StudioDb>, OtherStore>;
export type Records = { readonly [S in RecordStore]: readonly StudioDb[S]['value'][] };
export interface AnyRecord {
  readonly store: RecordStore;
  readonly record: StudioDb[RecordStore]['value'];
}

/** What refers comes after what it refers to. */
export const RECORD_STORES = [
  ...['settings', 'categories', 'recipes', 'recipeVersions', 'exemplars', 'labelled', 'journal'],
  ...['runs', 'traces', 'decisions', 'corrections', 'validations', 'outcomes', 'queue'],
] as readonly RecordStore[];

export interface WholeStorage {
  /** All records as they are at one moment. */
  readRecords(): Promise<Records>;
  /** Hashes of all stored bytes. */
  listBytes(): Promise<{ readonly assets: readonly string[]; readonly thumbs: readonly string[] }>;
  /** Stores files and small pictures in one transaction. */
  putBytes(assets: readonly AssetRecord[], thumbs: readonly BytesRecord[]): Promise<void>;
  /** Stores or replaces records in one transaction. */
  putRecords(records: readonly AnyRecord[]): Promise<void>;
}

export function createWholeStorage(use: Use): WholeStorage {
  return {
    readRecords: () =>
      use(async (db) => {
        const tx = db.transaction([...RECORD_STORES]);
        const all = await Promise.all(
          RECORD_STORES.map(async (store) => [store, await tx.objectStore(store).getAll()] as const),
        );
        return Object.fromEntries(all) as unknown as Records;
      }),
    listBytes: () =>
      use(async (db) => {
        const tx = db.transaction(['assets', 'thumbs']);
        const [assets, thumbs] = await Promise.all([
          tx.objectStore('assets').getAllKeys(),
          tx.objectStore('thumbs').getAllKeys(),
        ]);
        return { assets, thumbs };
      }),
    putBytes: (assets, thumbs) =>
      use((db) =>
        changeAll(db, ['assets', 'thumbs'], (tx) => [
          ...assets.map((asset) => () => tx.objectStore('assets').put(asset)),
          ...thumbs.map((thumb) => () => tx.objectStore('thumbs').put(thumb)),
        ]),
      ),
    putRecords: (records) =>
      use((db) =>
        changeAll(db, RECORD_STORES, (tx) =>
          records.map(
            ({ store, record }) =>
              () =>
                tx.objectStore(store).put(record),
          ),
        ),
      ),
  };
}
