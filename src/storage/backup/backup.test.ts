// @vitest-environment node
import 'fake-indexeddb/auto';
import { BlobReader, BlobWriter, TextReader, Uint8ArrayReader, ZipReader, ZipWriter } from '@zip.js/zip.js';
import { describe, expect, it } from 'vitest';
import { exemplarRecord, recipeRecord } from '../../testing/records.ts';
import { NEWEST, VERSIONS } from '../fixtures/versions.ts';
import { MIGRATIONS } from '../migrations.ts';
import { createStorage, type Storage } from '../storage.ts';
import type { AnyRecord, RecordStore } from '../whole.ts';
import { sha256OfBytes } from './digest.ts';
import type { Work } from './format.ts';
import { readBackup } from './readBackup.ts';
import { checkBackup, restoreBackup } from './restore.ts';
import { writeBackup } from './writeBackup.ts';

const work = (signal = new AbortController().signal): Work => ({ onProgress: () => {}, signal });

let databases = 0;
const empty = () => createStorage({}, `backup-${++databases}`);

/** Bytes that no packing makes smaller, and their hash. */
async function file(seed: number, length = 5000) {
  const bytes = Uint8Array.from({ length }, (_, i) => (i * i * 31 + seed * 7919 + (i >> 3)) & 255);
  return { sha256: await sha256OfBytes(bytes.buffer), bytes: bytes.buffer };
}

/** A storage with something in every store; the records refer to files that are there. */
async function full(): Promise<Storage> {
  const storage = empty();
  const added = '2026-01-01T00:00:00.000Z';
  const good = await file(1);
  const seen = await file(2);
  await storage.putBytes(
    [
      { ...good, mime: 'image/png', added, windowLevel: { low: 0.1, high: 0.9 } as never },
      { ...seen, mime: 'image/png', added: '' },
    ],
    [{ sha256: good.sha256, mime: 'image/webp', bytes: new Uint8Array([1, 2, 3]).buffer }],
  );
  const text = JSON.stringify(NEWEST).replaceAll('c'.repeat(64), good.sha256);
  const records = JSON.parse(text) as Record<RecordStore, AnyRecord['record'][]>;
  const all = Object.entries(records).flatMap(([store, list]) =>
    list.map((record) => ({ store: store as RecordStore, record })),
  );
  await storage.putRecords(all);
  return storage;
}

async function everything(storage: Storage) {
  const { assets, thumbs } = await storage.listBytes();
  return {
    records: await storage.readRecords(),
    assets: await Promise.all(assets.map((key) => storage.readAsset(key))),
    thumbs: await Promise.all(thumbs.map((key) => storage.readThumb(key))),
  };
}

const save = (storage: Storage) => writeBackup(storage, '2026-02-01T00:00:00.000Z', work());

async function check(storage: Storage, zip: Blob) {
  const backup = await readBackup(zip, 'b.zip', work());
  return { backup, found: await checkBackup(storage, backup, MIGRATIONS.length, work()) };
}

async function restore(storage: Storage, zip: Blob, takeTheirs = false) {
  const { backup, found } = await check(storage, zip);
  return restoreBackup(storage, backup, found, takeTheirs, work());
}

const sums = (rows: Awaited<ReturnType<typeof check>>['found']['rows']) =>
  (['fresh', 'same', 'conflicting', 'rejected'] as const).map((what) => rows.reduce((sum, row) => sum + row[what], 0));

describe('a backup', () => {
  it('restored into an empty browser gives back everything, every store and every byte', async () => {
    const storage = await full();
    const before = await everything(storage);
    for (const [store, records] of Object.entries(before.records))
      expect([store, records.length > 0]).toEqual([store, true]);
    const fresh = empty();
    await restore(fresh, await save(storage));
    expect(await everything(fresh)).toEqual(before);
  });

  it('restored twice changes nothing the second time', async () => {
    const storage = await full();
    const zip = await save(storage);
    const fresh = empty();
    await restore(fresh, zip);
    const { found } = await check(fresh, zip);
    expect(sums(found.rows).filter((_, index) => index !== 1)).toEqual([0, 0, 0]);
    expect(await restore(fresh, zip)).toBe(0);
    expect(await everything(fresh)).toEqual(await everything(storage));
  });

  it('that differs from what is here changes it only when that is wanted', async () => {
    const storage = await full();
    const zip = await save(storage);
    const [decision] = await storage.listDecisions();
    const changed = { ...decision!, decision: 'defect', at: '2026-03-01T00:00:00.000Z' } as const;
    await storage.putDecision(changed);
    const { found } = await check(storage, zip);
    expect(found.rows.find(({ store }) => store === 'decisions')).toMatchObject({ conflicting: 1, fresh: 0 });
    await restore(storage, zip);
    expect(await storage.listDecisions()).toEqual([changed]);
    await restore(storage, zip, true);
    expect(await storage.listDecisions()).toEqual([decision]);
  });

  it('does not tell when this browser was last backed up', async () => {
    const storage = await full();
    await storage.writeSetting('lastBackup', 'today');
    const fresh = empty();
    await restore(fresh, await save(storage));
    expect(await fresh.readSetting('lastBackup')).toBeUndefined();
  });

  it('can be stopped while it is made, checked and restored; what was there stays as it was', async () => {
    const storage = await full();
    const zip = await save(storage);
    const stop = new AbortController();
    stop.abort();
    await expect(writeBackup(storage, '', work(stop.signal))).rejects.toThrow(/abort/i);
    const fresh = empty();
    const { backup, found } = await check(fresh, zip);
    await expect(restoreBackup(fresh, backup, found, false, work(stop.signal))).rejects.toThrow(/abort/i);
    expect((await everything(fresh)).records.runs).toEqual([]);
    await restore(fresh, zip);
    expect(await everything(fresh)).toEqual(await everything(storage));
  });
});

describe('old pictures that are cleaned away meanwhile', () => {
  const LATER = '2027-01-01T00:00:00.000Z';
  /** Cleaning begins before each of these calls, as deleting an inspection in the page would begin it. */
  const cleaning = (storage: Storage, ...names: readonly (keyof Storage)[]): Storage => {
    const calls = names.map((name) => {
      const call = storage[name] as (...given: readonly unknown[]) => Promise<unknown>;
      const cleaned = async (...given: readonly unknown[]) => {
        await storage.collectGarbage(LATER);
        return call(...given);
      };
      return [name, cleaned] as const;
    });
    return { ...storage, ...(Object.fromEntries(calls) as Partial<Storage>) };
  };

  it('never take the files of a backup that is being restored', async () => {
    const storage = await full();
    const zip = await save(storage);
    const fresh = empty();
    const { backup, found } = await check(fresh, zip);
    await restoreBackup(cleaning(fresh, 'readRecords', 'putRecords'), backup, found, false, work());
    expect(await everything(fresh)).toEqual(await everything(storage));
    expect(await fresh.collectGarbage(LATER)).toBeGreaterThan(0); // what no record refers to goes afterwards
    const [exemplar] = await fresh.listExemplars();
    expect(await fresh.readAsset(exemplar!.sha256)).not.toBeNull();
  });

  it('are restored where they were here, unused, when the backup was looked into', async () => {
    const storage = await full();
    const zip = await save(storage);
    const [exemplar] = await storage.listExemplars();
    const here = empty();
    const asset = await storage.readAsset(exemplar!.sha256);
    await here.putBytes([asset!], []);
    const { backup, found } = await check(here, zip);
    await here.collectGarbage(LATER);
    await restoreBackup(here, backup, found, false, work());
    expect(await everything(here)).toEqual(await everything(storage));
  });

  it('are not missing in a backup whose records refer to them', async () => {
    const storage = empty();
    const good = await file(1);
    await storage.putBytes([{ ...good, mime: 'image/png', added: '2026-01-01T00:00:00.000Z' }], []);
    await storage.putCategory({ name: 'cap', types: [], created: '2026-01-01', recipeId: null });
    await storage.putExemplar(exemplarRecord({ id: 'e', category: 'cap', name: 'e.png', sha256: good.sha256 }));
    const deleting: Storage = {
      ...storage,
      async listBytes() {
        await storage.deleteCategory('cap');
        await storage.collectGarbage(LATER);
        return storage.listBytes();
      },
    };
    const fresh = empty();
    await restore(fresh, await save(deleting));
    expect((await fresh.listExemplars()).map(({ sha256 }) => sha256)).toEqual([good.sha256]);
    expect(await fresh.readAsset(good.sha256)).not.toBeNull();
  });
});

describe.each(VERSIONS.map((_, index) => index + 1))('a backup of version %i', (version) => {
  it('opens today', async () => {
    const good = await file(1);
    const zip = await changedZip(await save(await full()), (entries) => {
      const records = JSON.parse(
        JSON.stringify(VERSIONS[version - 1]).replaceAll('c'.repeat(64), good.sha256),
      ) as Record<string, object[]>;
      for (const name of entries.keys()) if (name.startsWith('records/')) entries.delete(name);
      for (const [store, list] of Object.entries(records)) entries.set(`records/${store}.jsonl`, lines(list));
      const counts = Object.fromEntries(Object.entries(records).map(([store, list]) => [store, list.length]));
      entries.set('manifest.json', JSON.stringify({ schema: 'agentiad-backup/1', version, created: '2026', counts }));
    });
    const fresh = empty();
    const { found } = await check(fresh, zip);
    expect([found.isOlder, found.rejected]).toEqual([version < MIGRATIONS.length, []]);
    await restore(fresh, zip);
    expect((await fresh.listRuns()).map(({ id, agentSays }) => [id, agentSays])).toEqual([
      ['r2', null],
      ['r1', 'anomalous'],
    ]);
    expect((await fresh.listExemplars())[0]).toMatchObject({ enabled: true, fromTheFuture: 1 });
  });
});

const lines = (records: readonly object[]) => records.map((record) => `${JSON.stringify(record)}\n`).join('');
type Entries = Map<string, string | Uint8Array>;

async function changedZip(zip: Blob, change: (entries: Entries) => void): Promise<Blob> {
  const entries: Entries = new Map();
  for (const entry of await new ZipReader(new BlobReader(zip)).getEntries()) {
    if (entry.directory) continue;
    entries.set(entry.filename, new Uint8Array(await entry.arrayBuffer()));
  }
  change(entries);
  return zipOf([...entries]);
}

async function zipOf(entries: readonly (readonly [string, string | Uint8Array])[], level?: number): Promise<Blob> {
  const zip = new ZipWriter(new BlobWriter());
  for (const [name, content] of entries) {
    const isBytes = /^(assets|thumbs)\//.test(name);
    await zip.add(name, typeof content === 'string' ? new TextReader(content) : new Uint8ArrayReader(content), {
      level: level ?? (isBytes ? 0 : 6),
    });
  }
  return zip.close();
}

describe('what is not a whole, honest backup is refused by name, and nothing is changed', () => {
  const refused = async (zip: Blob, code: string, reason: RegExp, storage = empty()) => {
    await storage.putRecipe(recipeRecord({ id: 'here' }));
    const before = await everything(storage);
    const error: unknown = await check(storage, zip).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, subject: 'b.zip' });
    expect((error as Error).message).toMatch(reason);
    expect(await everything(storage)).toEqual(before);
  };
  const changed = async (change: (entries: Entries) => void) => changedZip(await save(await full()), change);
  const assetName = (entries: Entries) => [...entries.keys()].find((name) => name.startsWith('assets/'))!;

  it('cut off anywhere', async () => {
    const zip = await save(await full());
    for (const share of [0.01, 0.5, 0.9, 0.99])
      await refused(zip.slice(0, Math.floor(zip.size * share)), 'backup-damaged', /cut off/);
    await refused(new Blob([]), 'backup-foreign', /not a zip/);
    await refused(new Blob(['{"a":1}']), 'backup-foreign', /not a zip/);
  });

  it('with one byte changed in the middle', async () => {
    const bytes = new Uint8Array(await (await save(await full())).arrayBuffer());
    const at = Math.floor(bytes.length / 2);
    bytes[at] = bytes[at]! ^ 255;
    await refused(new Blob([bytes]), 'backup-damaged', /cannot be read|not the content/);
  });

  it('a zip of something else', async () => {
    await refused(await zipOf([['readme.txt', 'hello']]), 'backup-foreign', /readme\.txt/);
    await refused(await zipOf([['manifest.json', '{"schema":"x"}']]), 'backup-foreign', /manifest/);
  });

  it('with paths out of its folder', async () => {
    await refused(await changed((entries) => entries.set('../evil', 'x')), 'backup-foreign', /evil/);
    await refused(await changed((entries) => entries.set('assets/../../evil', 'x')), 'backup-foreign', /evil/);
    await refused(
      await changed((entries) => entries.set('records/features.jsonl', '{}')),
      'backup-foreign',
      /features/,
    );
  });

  it('an image whose content is not what its name says', async () => {
    const other = await file(9);
    await refused(
      await changed((entries) => entries.set(assetName(entries), new Uint8Array(other.bytes))),
      'backup-damaged',
      /not the content/,
    );
  });

  it('a bomb: lists that unpack to far more than they are, packed images', async () => {
    await refused(
      await changed((entries) => entries.set('records/runs.jsonl', ' '.repeat(20_000_000))),
      'backup-hostile',
      /would unpack/,
    );
    const entries = await new Promise<Entries>((resolve) => void changed(resolve));
    await refused(await zipOf([...entries], 6), 'backup-hostile', /packed/);
  });

  it('the same name twice', async () => {
    const zip = await save(await full());
    const bytes = new Uint8Array(await zip.arrayBuffer());
    // Two names of the same length, one written over the other in both headers.
    const from = new TextEncoder().encode('records/recipes.jsonl');
    const to = new TextEncoder().encode('records/journal.jsonl');
    for (let at = 0; at < bytes.length - from.length; at++)
      if (from.every((byte, i) => bytes[at + i] === byte)) bytes.set(to, at);
    await refused(new Blob([bytes]), 'backup-hostile', /two entries/);
  });

  it('counts that are wrong or huge', async () => {
    const manifest = (counts: object, version = 3) =>
      JSON.stringify({ schema: 'agentiad-backup/1', version, created: '2026', counts });
    await refused(
      await changed((entries) => entries.set('manifest.json', manifest({ runs: 1e15 }))),
      'backup-damaged',
      /manifest says/,
    );
    await refused(
      await changed((entries) => entries.set('manifest.json', manifest({ runs: 'many' }))),
      'backup-damaged',
      /incomplete/,
    );
    await refused(
      await changed((entries) => entries.set('manifest.json', manifest({}, 99))),
      'backup-newer',
      /newer version/,
    );
  });

  it('lines that are not JSON or not records, an image that is listed and not there', async () => {
    await refused(await changed((entries) => entries.set('records/settings.jsonl', '{')), 'backup-damaged', /not JSON/);
    await refused(
      await changed((entries) => entries.set('records/settings.jsonl', '7')),
      'backup-damaged',
      /not a record/,
    );
    await refused(await changed((entries) => void entries.delete(assetName(entries))), 'backup-damaged', /is missing/);
  });

  it('while a record that cannot be used is left out with its reason, and the others come', async () => {
    const zip = await changed((entries) => {
      const [exemplar] = NEWEST.exemplars;
      entries.set('records/exemplars.jsonl', lines([exemplar!]));
      entries.set('records/settings.jsonl', lines([{ key: 7, value: 1 }]));
    });
    const fresh = empty();
    const { found } = await check(fresh, zip);
    expect(found.rejected).toEqual([
      { store: 'settings', key: '?', reason: 'key is missing or no text' },
      { store: 'exemplars', key: 'good.png', reason: 'its image file is not in the backup' },
    ]);
    await restore(fresh, zip);
    expect(await fresh.listExemplars()).toEqual([]);
    expect(await fresh.listRuns()).toHaveLength(2);
  });
});
