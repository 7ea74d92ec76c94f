// @vitest-environment node
import 'fake-indexeddb/auto';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { exemplarRecord, recipeRecord, runRecord } from '../testing/records.ts';
import { NEWEST } from './fixtures/versions.ts';
import { createStorage, type ImageFile, type Storage } from './storage.ts';
import type { StoredRun } from './tracePacking.ts';
import type { AnyRecord, RecordStore } from './whole.ts';
import type { JournalRecord } from './schema.ts';
import { WRITES, type METHODS } from './writes.ts';

type WriteName = {
  [N in keyof typeof METHODS]: (typeof METHODS)[N] extends 'writes' ? N : never;
}[keyof typeof METHODS];

const asset = { width: 1, height: 1, mime: 'image/png', base64: 'AAEC' } as const;
const stored = {
  ...{ schema: 'agentiad-trace/1', verdict: null, prompt: { system: '', user: '' }, images: [], steps: [] },
  assets: { x: asset, y: asset },
} as StoredRun;
const image = (sha256: string): ImageFile => ({
  ...{ sha256, mime: 'image/png', bytes: new ArrayBuffer(3), thumb: new ArrayBuffer(1), thumbMime: 'image/webp' },
  added: '2026-01-01T00:00:00.000Z',
});
const exemplar = (id: string) => exemplarRecord({ id, category: 'cap', name: id, sha256: id });
const labelled: object = NEWEST.labelled[0]!;
const outcome: object = NEWEST.outcomes[0]!;
const validation: object = NEWEST.validations[0]!;
const correction: object = NEWEST.corrections[0]!;
const queued: object = NEWEST.queue[0]!;
const decision: object = NEWEST.decisions[0]!;
const removed: object = NEWEST.journal[0]!;

/** A call of every method that writes. */
const CALLS: Record<WriteName, (storage: Storage) => Promise<unknown>> = {
  putRun: (storage) => storage.putRun(runRecord({ id: 'n' }), stored),
  deleteRun: (storage) => storage.deleteRun('r2'),
  putDecision: (storage) => storage.putDecision({ ...decision, at: 'later' } as never),
  deleteDecision: (storage) => storage.deleteDecision('r1'),
  putCorrection: (storage) => storage.putCorrection({ ...correction, author: 'Bo' } as never),
  deleteCorrection: (storage) => storage.deleteCorrection('r1'),
  putQueued: (storage) => storage.putQueued({ ...queued, id: 'q2', sha256: 'nobody needs this' } as never),
  deleteQueued: (storage) => storage.deleteQueued('q1'),
  putImage: (storage) => storage.putImage(image('n')),
  putImages: (storage) => storage.putImages([image('n'), image('m')]),
  putCategory: (storage) => storage.putCategory({ name: 'bolt', types: [], created: '', recipeId: null }),
  deleteCategory: (storage) => storage.deleteCategory('cap'),
  putExemplar: (storage) => storage.putExemplar(exemplar('n')),
  putExemplars: (storage) => storage.putExemplars([exemplar('n'), exemplar('m')], [image('n'), image('m')]),
  updateExemplar: (storage) => storage.updateExemplar({ ...exemplar('e1'), note: 'x' }),
  deleteExemplar: (storage) => storage.deleteExemplar(exemplar('e1'), 'now'),
  deleteExemplars: (storage) => storage.deleteExemplars([exemplar('e1')], 'now'),
  putBack: (storage) => storage.putBack(removed as JournalRecord),
  putLabelled: (storage) => storage.putLabelled([{ ...labelled, id: 'n' } as never], [image('n')]),
  deleteLabelled: (storage) => storage.deleteLabelled(['l1']),
  putFeatures: (storage) => storage.putFeatures({ key: 'k', towerSha256: 't', sha256: 's', features: 1 }),
  deleteFeaturesOfOtherTowers: (storage) => storage.deleteFeaturesOfOtherTowers('t'),
  putRecipe: (storage) => storage.putRecipe(recipeRecord({ id: 'p1', version: 2 })),
  deleteRecipe: (storage) => storage.deleteRecipe('p1'),
  putValidation: (storage) => storage.putValidation({ ...validation, id: 'v2' } as never),
  deleteValidation: (storage) => storage.deleteValidation('v1'),
  putOutcome: (storage) => storage.putOutcome({ ...outcome, sha256: 'n' } as never, runRecord({ id: 'n' }), stored),
  putBytes: (storage) => storage.putBytes([{ sha256: 'n', mime: '', bytes: new ArrayBuffer(1), added: '' }], []),
  putRecords: (storage) =>
    storage.putRecords([
      { store: 'recipes', record: recipeRecord({ id: 'n' }) },
      { store: 'exemplars', record: exemplar('n') },
    ]),
  writeSetting: (storage) => storage.writeSetting('n', 1),
  collectGarbage: (storage) => storage.collectGarbage('2027-01-01T00:00:00.000Z'),
};

let databases = 0;
async function full(): Promise<Storage> {
  const storage = createStorage({}, `full-${++databases}`);
  const all = Object.entries(NEWEST as unknown as Record<RecordStore, AnyRecord['record'][]>);
  await storage.putRecords(
    all.flatMap(([store, list]) => list.map((record) => ({ store: store as RecordStore, record }))),
  );
  await storage.putImage(image('nobody needs this'));
  await storage.putFeatures({ key: 'old', towerSha256: 'another', sha256: 's', features: 1 });
  return storage;
}

async function everything(storage: Storage) {
  return [
    await storage.readRecords(),
    await storage.listBytes(),
    await storage.readFeatures('k'),
    await storage.readFeatures('old'),
  ];
}

afterEach(() => vi.restoreAllMocks());

/** The disk is full from the `n`th write on. Returns how often it was written. */
function fullFrom(n: number): () => number {
  let writes = 0;
  for (const method of ['put', 'delete'] as const) {
    const real = IDBObjectStore.prototype[method] as (...given: unknown[]) => IDBRequest;
    vi.spyOn(IDBObjectStore.prototype, method).mockImplementation(function (this: IDBObjectStore, ...given: unknown[]) {
      writes += 1;
      if (writes >= n) throw new DOMException('full', 'QuotaExceededError');
      return real.apply(this, given) as never;
    });
  }
  return () => writes;
}

it('every method that writes is tried', () => expect(Object.keys(CALLS).sort()).toEqual([...WRITES].sort()));

describe.each(WRITES as readonly WriteName[])('%s on a full disk', (name) => {
  it('is refused by name at every one of its writes, and all is as it was', async () => {
    const counting = await full();
    const count = fullFrom(Infinity);
    await CALLS[name](counting);
    const writes = count();
    vi.restoreAllMocks();
    expect(writes).toBeGreaterThan(0);
    for (let n = 1; n <= writes; n++) {
      const storage = await full();
      const before = await everything(storage);
      fullFrom(n);
      await expect(CALLS[name](storage)).rejects.toMatchObject({ code: 'storage-full' });
      vi.restoreAllMocks();
      expect(await everything(storage)).toEqual(before);
      await storage.close();
    }
  });
});
