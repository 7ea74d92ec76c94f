/** Kinds of part, their good parts and labelled images, image files with thumbnails, and features computed of them. */
import { changeAll, type Change, type Store, type Use, type Writing } from './open.ts';
import type {
  AssetRecord,
  BytesRecord,
  CategoryRecord,
  ExemplarRecord,
  FeaturesRecord,
  JournalRecord,
  LabelledRecord,
  StudioDb,
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

export interface LibraryStorage {
  /** Stores an image file and its thumbnail under the file's hash. */
  putImage(image: ImageFile): Promise<void>;
  /** As `putImage`, all of them in one transaction. */
  putImages(images: readonly ImageFile[]): Promise<void>;
  readAsset(sha256: string): Promise<AssetRecord | null>;
  readThumb(sha256: string): Promise<BytesRecord | null>;
  listCategories(): Promise<CategoryRecord[]>;
  putCategory(category: CategoryRecord): Promise<void>;
  /**
   * Removes the category with its exemplar and labelled records and its recipes, whose versions stay (`deleteRecipe`).
   * With `at` its exemplars are noted in the journal as removed then.
   */
  deleteCategory(name: string, at?: string): Promise<void>;
  /** Oldest first. */
  listExemplars(): Promise<ExemplarRecord[]>;
  putExemplar(exemplar: ExemplarRecord): Promise<void>;
  /** Stores exemplars, with the files of those that are new here, in one transaction: all or none. */
  putExemplars(exemplars: readonly ExemplarRecord[], images?: readonly ImageFile[]): Promise<void>;
  /** Replaces the record unless it was deleted meanwhile. */
  updateExemplar(exemplar: ExemplarRecord): Promise<void>;
  /** Removes the record and notes it in the journal; the bytes stay as long as it can be put back. */
  deleteExemplar(exemplar: ExemplarRecord, at: string): Promise<void>;
  /** As `deleteExemplar`, all of them in one transaction. */
  deleteExemplars(exemplars: readonly ExemplarRecord[], at: string): Promise<void>;
  /** Good parts that were removed and can be put back, newest first. */
  listRemoved(): Promise<JournalRecord[]>;
  /** Puts a removed good part back and strikes its note from the journal. */
  putBack(removed: JournalRecord): Promise<void>;
  /** Oldest first. */
  listLabelled(category: string): Promise<LabelledRecord[]>;
  /** Stores labelled images, with the files of those that are new here, in one transaction: all or none. */
  putLabelled(labelled: readonly LabelledRecord[], images?: readonly ImageFile[]): Promise<void>;
  deleteLabelled(ids: readonly string[]): Promise<void>;
  readFeatures(key: string): Promise<FeaturesRecord | null>;
  putFeatures(record: FeaturesRecord): Promise<void>;
  /** Removes features that another tower computed; returns how many. */
  deleteFeaturesOfOtherTowers(towerSha256: string): Promise<number>;
}

const FILE_STORES = ['assets', 'thumbs'] as const;

/** The writes of a file and its thumbnail. */
function changesOfImage(tx: Writing, file: ImageFile): Change[] {
  const { thumb, thumbMime, ...asset } = file;
  return [
    () => tx.objectStore('assets').put(asset),
    () => tx.objectStore('thumbs').put({ sha256: file.sha256, mime: thumbMime, bytes: thumb }),
  ];
}

/** The writes that remove a good part, noted in the journal where it is said when. */
function changesOfRemoval(tx: Writing, exemplar: ExemplarRecord, at: string | undefined): Change[] {
  const remove = () => tx.objectStore('exemplars').delete(exemplar.id);
  if (at === undefined) return [remove];
  const note = { id: `${at} ${exemplar.id}`, at, kind: 'exemplar-deleted', exemplar } as const;
  return [remove, () => tx.objectStore('journal').put(note)];
}

export function createLibraryStorage(use: Use): LibraryStorage {
  /** Stores records and the files they refer to, all or none. */
  const putWithFiles = <S extends 'exemplars' | 'labelled'>(
    store: S,
    records: readonly StudioDb[S]['value'][],
    images: readonly ImageFile[],
  ) =>
    use((db) =>
      changeAll(db, [store, ...FILE_STORES], (tx) => [
        ...images.flatMap((image) => changesOfImage(tx, image)),
        ...records.map((record) => () => tx.objectStore(store as Store).put(record)),
      ]),
    );
  const putImages = (images: readonly ImageFile[]) =>
    use((db) => changeAll(db, FILE_STORES, (tx) => images.flatMap((image) => changesOfImage(tx, image))));
  const deleteExemplars = (exemplars: readonly ExemplarRecord[], at: string) =>
    use((db) =>
      changeAll(db, ['exemplars', 'journal'], (tx) =>
        exemplars.flatMap((exemplar) => changesOfRemoval(tx, exemplar, at)),
      ),
    );
  return {
    putImage: (image) => putImages([image]),
    putImages,
    readAsset: (sha256) => use(async (db) => (await db.get('assets', sha256)) ?? null),
    readThumb: (sha256) => use(async (db) => (await db.get('thumbs', sha256)) ?? null),
    listCategories: () => use((db) => db.getAll('categories')),
    putCategory: (category) => use(async (db) => void (await db.put('categories', category))),
    deleteCategory: (name, at) =>
      use((db) =>
        changeAll(db, ['categories', 'exemplars', 'labelled', 'recipes', 'journal'], async (tx) => {
          const exemplars = await tx.objectStore('exemplars').index('category').getAll(name);
          const recipes = await tx.objectStore('recipes').index('category').getAllKeys(name);
          const labelled = await tx.objectStore('labelled').index('category').getAllKeys(name);
          return [
            () => tx.objectStore('categories').delete(name),
            ...exemplars.flatMap((exemplar) => changesOfRemoval(tx, exemplar, at)),
            ...recipes.map((key) => () => tx.objectStore('recipes').delete(key)),
            ...labelled.map((key) => () => tx.objectStore('labelled').delete(key)),
          ];
        }),
      ),
    listExemplars: () => use(async (db) => (await db.getAll('exemplars')).sort(byAdded)),
    putExemplar: (exemplar) => use(async (db) => void (await db.put('exemplars', exemplar))),
    putExemplars: (exemplars, images = []) => putWithFiles('exemplars', exemplars, images),
    updateExemplar: (exemplar) =>
      use((db) =>
        changeAll(db, ['exemplars'], async (tx) => {
          const store = tx.objectStore('exemplars');
          return (await store.getKey(exemplar.id)) === undefined ? [] : [() => store.put(exemplar)];
        }),
      ),
    deleteExemplar: (exemplar, at) => deleteExemplars([exemplar], at),
    deleteExemplars,
    listRemoved: () =>
      use(async (db) => {
        const tx = db.transaction(['journal', 'exemplars', 'categories']);
        const [removed, there, kinds] = await Promise.all([
          tx.objectStore('journal').index('at').getAll(),
          tx.objectStore('exemplars').getAllKeys(),
          tx.objectStore('categories').getAllKeys(),
        ]);
        const newest = new Map(removed.map((entry) => [entry.exemplar.id, entry]));
        const isGone = ({ exemplar }: JournalRecord) =>
          !there.includes(exemplar.id) && kinds.includes(exemplar.category);
        return [...newest.values()].filter(isGone).reverse();
      }),
    putBack: ({ id, exemplar }) =>
      use((db) =>
        changeAll(db, ['journal', 'exemplars'], (tx) => [
          () => tx.objectStore('journal').delete(id),
          () => tx.objectStore('exemplars').put(exemplar),
        ]),
      ),
    listLabelled: (category) =>
      use(async (db) => (await db.getAllFromIndex('labelled', 'category', category)).sort(byAdded)),
    putLabelled: (labelled, images = []) => putWithFiles('labelled', labelled, images),
    deleteLabelled: (ids) =>
      use((db) => changeAll(db, ['labelled'], (tx) => ids.map((id) => () => tx.objectStore('labelled').delete(id)))),
    readFeatures: (key) => use(async (db) => (await db.get('features', key)) ?? null),
    putFeatures: (record) => use(async (db) => void (await db.put('features', record))),
    deleteFeaturesOfOtherTowers: (towerSha256) =>
      use(async (db) => {
        let dropped = 0;
        await changeAll(db, ['features'], async (tx) => {
          const store = tx.objectStore('features');
          const below = await store.index('towerSha256').getAllKeys(IDBKeyRange.upperBound(towerSha256, true));
          const above = await store.index('towerSha256').getAllKeys(IDBKeyRange.lowerBound(towerSha256, true));
          const keys = [...below, ...above];
          dropped = keys.length;
          return keys.map((key) => () => store.delete(key));
        });
        return dropped;
      }),
  };
}

const byAdded = (a: { readonly added: string }, b: { readonly added: string }) => a.added.localeCompare(b.added);
