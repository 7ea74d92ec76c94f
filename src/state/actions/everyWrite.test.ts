// @vitest-environment node
import 'fake-indexeddb/auto';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { RUN } from '@agentiad/core/replay/testing.ts';
import { describe, expect, it } from 'vitest';
import { namedStorageError } from '../../storage/open.ts';
import { aroundWrites } from '../../storage/writes.ts';
import { faultsOf } from '../../testing/consistency.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { acceptVerdict, decide } from './decide.ts';
import { addFiles } from './intake.ts';
import { addExemplars, deleteExemplars, saveCategory } from './library.ts';
import { addLabelled } from './labelled.ts';
import { makeRoom } from './room.ts';
import { openRun } from './traces.ts';
import { validate } from './validate.ts';

const trace = {
  schema: 'agentiad-trace/1',
  prompt: { system: '', user: '' },
  images: RUN.images,
  assets: RUN.assets,
  steps: RUN.steps,
  verdict: {
    ...RUN.verdict,
    id: 'id1',
    status: 'complete',
    created: '2026-05-01T12:00:00Z',
    verdict: { label: 'review', score: 0.5 },
    agentAnswer: { anomaly_present: true, top_anomaly: 'dent' },
    image: { width: 100, height: 80 },
    settings: { mode: 'pz', t1: 0.35, t2: 0.65 },
    part: { category: null },
    model: { sha256: 'm' },
    steps: [],
    timings: { totalMs: 5, modelMs: 3, toolMs: 2 },
  },
} as unknown as Trace;

/** A studio whose inspections score 0.5; the model is known by its hash. */
function studioThatInspects(): TestStudio {
  const studio = createTestStudio({ trace });
  const card = { id: 'nano', name: 'nano', sha256: 'a'.repeat(64) };
  const info = { card, towerSha256: 'b'.repeat(64), modelId: null };
  studio.store.setState({ engine: { state: 'ready', speed: null, info } as never });
  return studio;
}

/** Lets every write through until told otherwise; counts them. */
function diskOf(studio: TestStudio) {
  const disk = { writes: 0, isFull: (write: number) => write < 0 };
  const limited = aroundWrites({ ...studio.storage }, (_name, write) => {
    disk.writes += 1;
    if (!disk.isFull(disk.writes)) return write();
    return Promise.reject(namedStorageError(new DOMException('full', 'QuotaExceededError')));
  });
  Object.assign(studio.storage, limited);
  return disk;
}

/** A validation on two labelled images. */
async function proving(studio: TestStudio): Promise<void> {
  await saveCategory(studio, { name: 'cap', types: [] });
  await addLabelled(studio, 'cap', [new File(['fine'], 'fine.png')], 'normal');
  await addLabelled(studio, 'cap', [new File(['bent'], 'bent.png')], 'anomalous');
  await validate(studio, 'cap');
  await studio.whenWritten();
}

/** An import of good parts, inspections, decisions, as somebody would go about it. */
async function work(studio: TestStudio): Promise<void> {
  const state = () => studio.store.getState();
  await saveCategory(studio, { name: 'cap', types: ['dent'] });
  await addExemplars(studio, 'cap', [new File(['good'], 'good.png'), new File(['fine'], 'fine.png')]);
  await addFiles(studio, [new File(['part'], 'part.png'), new File(['next'], 'next.png')]);
  await expect.poll(() => state().current?.activity).toBe('open');
  await expect.poll(() => state().inspecting).toBeNull();
  await acceptVerdict(studio);
  await decide(studio, 'good');
  const [exemplar] = state().exemplars;
  if (exemplar) await deleteExemplars(studio, [exemplar.id]);
  await studio.whenWritten();
}

async function stored({ storage }: TestStudio) {
  return { records: await storage.readRecords(), ...(await storage.listBytes()) };
}

async function writesOf(doing: typeof work): Promise<number> {
  const studio = studioThatInspects();
  const disk = diskOf(studio);
  await doing(studio);
  expect(noticeCodes(studio)).toEqual([]);
  expect(faultsOf(await stored(studio))).toEqual([]);
  return disk.writes;
}

describe('a disk that is full', () => {
  it.each(['at one write only', 'from one write on'] as const)(
    '%s: explained, nothing half-written, the page goes on',
    async (when) => {
      const writes = await writesOf(work);
      expect(writes).toBeGreaterThan(8);
      for (let n = 1; n <= writes; n++) {
        const studio = studioThatInspects();
        const disk = diskOf(studio);
        disk.isFull = (write) => (when === 'at one write only' ? write === n : write >= n);
        await work(studio);
        expect([n, [...new Set(noticeCodes(studio))]]).toEqual([n, ['storage-full']]);
        expect([n, faultsOf(await stored(studio))]).toEqual([n, []]);
        const run = studio.store.getState().history.find(({ name }) => name === 'part.png');
        await openRun(studio, run!.id);
        expect(studio.store.getState().current?.trace?.verdict.verdict.score).toBe(0.5);
        disk.isFull = () => false;
        await makeRoom(studio);
        expect(studio.unsaved.size).toBe(0);
        expect((await studio.storage.loadRun(run!.id))?.run.status).toBe('complete');
        expect([n, faultsOf(await stored(studio))]).toEqual([n, []]);
      }
    },
    120_000,
  );

  it('during a validation: explained, nothing half-written, and it goes on once there is room', async () => {
    const writes = await writesOf(proving);
    expect(writes).toBeGreaterThan(5);
    for (let n = 1; n <= writes; n++) {
      const studio = studioThatInspects();
      const disk = diskOf(studio);
      disk.isFull = (write) => write >= n;
      await proving(studio);
      expect([n, [...new Set(noticeCodes(studio))]]).toEqual([n, ['storage-full']]);
      expect([n, faultsOf(await stored(studio))]).toEqual([n, []]);
      disk.isFull = () => false;
      await proving(studio);
      expect([n, faultsOf(await stored(studio))]).toEqual([n, []]);
      const { outcomes, validations } = await studio.storage.readRecords();
      expect([n, outcomes.length, validations.some(({ status }) => status === 'complete')]).toEqual([n, 2, true]);
    }
  }, 120_000);
});
