import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RUN } from '@agentiad/core/replay/testing.ts';
import { MIGRATIONS } from './migrations.ts';
import { namedStorageError } from './open.ts';
import { exemplarRecord, runRecord } from '../testing/records.ts';
import { createStorage, type Storage } from './storage.ts';
import type { StoredRun } from './tracePacking.ts';

let storage: Storage;
let name: string;
let count = 0;

beforeEach(() => {
  name = `test-${++count}`;
  storage = createStorage({}, name);
});
afterEach(() => storage.close());

const run = (id: string, created: string) =>
  runRecord({ id, created, category: 'caps', label: 'review', score: 0.5, agentSays: 'normal' });

const stored: StoredRun = {
  schema: 'agentiad-trace/1',
  verdict: RUN.verdict,
  prompt: { system: 'be careful', user: 'look' },
  images: RUN.images,
  steps: RUN.steps,
  assets: RUN.assets,
};

const exemplar = exemplarRecord({ id: 'e1', category: 'caps', name: 'good.png', sha256: 'good' });

const image = (sha256: string) => ({
  sha256,
  mime: 'image/png',
  bytes: new Uint8Array([1, 2, 3]).buffer,
  thumb: new Uint8Array([4]).buffer,
  thumbMime: 'image/webp',
  added: '2026-01-01T00:00:00.000Z',
});

describe('storage', () => {
  it('gives an inspection back exactly as it was, after the page was closed', async () => {
    await storage.putRun(run('one', '2026-01-01'), stored);
    await storage.close();
    storage = createStorage({}, name);
    const found = await storage.loadRun('one');
    expect(JSON.stringify(found?.stored)).toBe(JSON.stringify({ ...stored, assets: stored.assets }));
    expect(found?.run).toEqual(run('one', '2026-01-01'));
  });

  it('lists inspections newest first without their pixels', async () => {
    await storage.putRun(run('old', '2026-01-01'), stored);
    await storage.putRun(run('new', '2026-02-01'), stored);
    const listed = await storage.listRuns();
    expect(listed.map(({ id }) => id)).toEqual(['new', 'old']);
    expect(JSON.stringify(listed)).not.toContain('base64');
  });

  it('keeps the pixels out of trace records', async () => {
    await storage.putRun(run('one', '2026-01-01'), stored);
    const raw = await openDB(name);
    expect(JSON.stringify(await raw.getAll('traces'))).not.toContain('AAEC');
    raw.close();
    expect(new Uint8Array((await storage.readAsset('a2'))!.bytes)).toEqual(new Uint8Array([0, 1, 2]));
  });

  it('keeps files that something still refers to, and drops the others', async () => {
    await storage.putImage(image('good'));
    await storage.putImage(image('nobody'));
    await storage.putExemplar(exemplar);
    expect(await storage.collectGarbage('2026-02-01')).toBe(1);
    expect(await storage.readAsset('good')).not.toBeNull();
    expect(await storage.readThumb('nobody')).toBeNull();
  });

  it('keeps a file that just came: another tab may be about to refer to it', async () => {
    await storage.putImage(image('new'));
    expect(await storage.collectGarbage('2025-12-31')).toBe(0);
    expect(await storage.readThumb('new')).not.toBeNull();
  });

  it('frees the pixels of a deleted inspection at once', async () => {
    await storage.putRun(run('one', '2026-01-01'), stored);
    await storage.deleteRun('one');
    expect(await storage.collectGarbage('2025-12-31')).toBe(Object.keys(stored.assets).length);
    expect(await storage.readAsset('a2')).toBeNull();
  });

  it('leaves a stored trace whole when its exemplar is deleted', async () => {
    await storage.putImage(image('good'));
    await storage.putExemplar(exemplar);
    await storage.putRun(run('one', '2026-01-01'), stored);
    await storage.deleteExemplar(exemplar, '2026-03-01');
    await storage.collectGarbage('2026-04-01');
    expect(await storage.listExemplars()).toEqual([]);
    expect(await storage.readAsset('good')).not.toBeNull();
    expect((await storage.loadRun('one'))?.stored.assets).toEqual(stored.assets);
  });

  it('takes the runs of the first version along, and learns from their traces what lists need now', async () => {
    const first = await openDB(name, 1, {
      upgrade: (db, _from, _to, tx) => void MIGRATIONS[0]!(db as never, tx as never),
    });
    const { agentSays, thresholds, ...old } = run('old', '2026-01-01');
    expect([agentSays, thresholds]).not.toContain(undefined);
    const verdict = {
      status: 'complete',
      verdict: { label: 'review', score: 0.5 },
      agentAnswer: { anomaly_present: true },
      settings: { t1: 0.2, t2: 0.3 },
    };
    await first.put('runs', old);
    await first.put('runs', { ...old, id: 'cut off', label: null, score: null });
    await first.put('traces', { runId: 'old', trace: { ...stored, verdict, assets: undefined }, assets: {} });
    first.close();
    expect(await storage.listRuns()).toEqual([
      { ...old, agentSays: 'anomalous', thresholds: { t1: 0.2, t2: 0.3 } },
      { ...old, id: 'cut off', label: null, score: null, agentSays: null, thresholds: null },
    ]);
  });

  it('keeps the newest decision on a run beside its verdict, until it is taken back or the run is deleted', async () => {
    const decision = {
      runId: 'one',
      decision: 'good',
      accepted: false,
      type: null,
      note: null,
      author: 'Li',
      at: '2026-01-02',
      verdictSha256: 'ab',
    } as const;
    await storage.putRun(run('one', '2026-01-01'), stored);
    await storage.putDecision(decision);
    await storage.putDecision({ ...decision, decision: 'defect', at: '2026-01-03' });
    expect(await storage.listDecisions()).toEqual([{ ...decision, decision: 'defect', at: '2026-01-03' }]);
    expect((await storage.loadRun('one'))?.stored.verdict).toEqual(stored.verdict);
    await storage.deleteDecision('one');
    expect(await storage.listDecisions()).toEqual([]);
    await storage.putDecision(decision);
    await storage.deleteRun('one');
    expect(await storage.listDecisions()).toEqual([]);
  });

  it('has every store of the schema after all migrations', async () => {
    await storage.listRuns();
    const raw = await openDB(name);
    expect([...raw.objectStoreNames].sort()).toEqual([
      ...['assets', 'categories', 'corrections', 'decisions', 'exemplars', 'features', 'journal', 'labelled'],
      ...['outcomes', 'queue', 'recipeVersions', 'recipes', 'runs', 'settings', 'thumbs', 'traces', 'validations'],
    ]);
    raw.close();
  });

  it('that cannot be brought up to date says why, and is left as it was', async () => {
    const old = await openDB(name, 1, {
      upgrade: (db, _from, _to, tx) => void MIGRATIONS[0]!(db as never, tx as never),
    });
    await old.put('runs', { id: 'a' });
    await old.put('traces', { runId: 'a', trace: { verdict: { status: 'complete' } } });
    old.close();
    await expect(storage.listRuns()).rejects.toMatchObject({ reason: expect.stringMatching(/undefined/) as string });
    const raw = await openDB(name);
    expect([raw.version, await raw.getAll('runs')]).toEqual([1, [{ id: 'a' }]]);
    raw.close();
  });

  it('steps aside when another tab brings a newer version', async () => {
    await storage.listRuns();
    const newer = await openDB(name, MIGRATIONS.length + 1);
    expect(newer.version).toBe(MIGRATIONS.length + 1);
    await expect(storage.listRuns()).rejects.toMatchObject({ code: 'storage-newer' });
    newer.close();
  });

  it('names a full disk with a remedy', () => {
    const error = namedStorageError(new DOMException('', 'QuotaExceededError'));
    expect(error).toMatchObject({ code: 'storage-full' });
    expect(error.message).toMatch(/Export/);
  });
});
