/** Everything that is stored, as a backup takes it and gives it back: records by store, bytes by hash. */
import type { StoreNames } from 'idb';
import { changeAll, type Database, type Use } from './open.ts';
import type { AssetRecord, BytesRecord, FeaturesRecord, StudioDb } from './schema.ts';

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

export interface Used {
  readonly count: number;
  readonly bytes: number;
}
/** `traces`: the pictures in them. */
export type UsedByKind = Readonly<Record<'images' | 'traces' | 'features', Used>>;

/** Records that are read at once while counting: few, because reading copies their bytes on the page's own thread. */
const PAGE = 16;

export interface WholeStorage {
  /** All records as they are at one moment. */
  readRecords(): Promise<Records>;
  /** Hashes of all stored bytes. */
  listBytes(): Promise<{ readonly assets: readonly string[]; readonly thumbs: readonly string[] }>;
  /** What is used by kind. Reads everything, page by page: `onPage` is told what there is so far. */
  measure(onPage: (used: UsedByKind) => void): Promise<UsedByKind>;
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
    async measure(onPage) {
      const used = { images: { count: 0, bytes: 0 }, traces: { count: 0, bytes: 0 }, features: { count: 0, bytes: 0 } };
      for (const store of ['assets', 'thumbs', 'features'] as const) {
        for (let after: IDBKeyRange | null = null; ;) {
          const { keys, records }: Page = await use((db) => readPage(db, store, after));
          for (const record of records) {
            const kind =
              store === 'features' ? 'features' : 'added' in record && record.added === '' ? 'traces' : 'images';
            if (store !== 'thumbs') used[kind].count += 1;
            used[kind].bytes += 'bytes' in record ? record.bytes.byteLength : sizeOf(record.features);
          }
          onPage(structuredClone(used));
          if (keys.length < PAGE) break;
          after = IDBKeyRange.lowerBound(keys.at(-1), true);
        }
      }
      return used;
    },
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

interface Page {
  readonly keys: readonly string[];
  readonly records: readonly (AssetRecord | BytesRecord | FeaturesRecord)[];
}

async function readPage(db: Database, store: OtherStore, after: IDBKeyRange | null): Promise<Page> {
  const tx = db.transaction(store);
  const [keys, records] = await Promise.all([tx.store.getAllKeys(after, PAGE), tx.store.getAll(after, PAGE)]);
  return { keys, records };
}

/** Bytes of arrays of numbers anywhere in `value`; what is beside them is small. */
function sizeOf(value: unknown): number {
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== 'object' || value === null) return 8;
  return Object.values(value).reduce((sum: number, inner) => sum + sizeOf(inner), 0);
}
