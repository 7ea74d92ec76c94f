// @vitest-environment node
import 'fake-indexeddb/auto';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { describe, expect, it } from 'vitest';
import { namedStorageError } from '../../storage/open.ts';
import type { LabelledRecord } from '../../storage/schema.ts';
import type { Storage } from '../../storage/storage.ts';
import { RUN } from '@agentiad/core/replay/testing.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { loadStored } from './boot.ts';
import { undoLast } from './changes.ts';
import { putCorrection } from './correct.ts';
import { addFiles } from './intake.ts';
import { addLabelled, removeLabelled } from './labelled.ts';
import { saveCategory } from './library.ts';
import { makeRoom } from './room.ts';
import { chooseMode } from './settings.ts';
import { exportVerdict, openRun } from './traces.ts';

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
    image: { width: 100, height: 80 },
    settings: { mode: 'pz' },
    part: { category: null },
    model: { sha256: 'm' },
    steps: [],
    timings: { totalMs: 5, modelMs: 3, toolMs: 2 },
  },
} as unknown as Trace;

const inspected = async (studio: TestStudio) => {
  await addFiles(studio, [new File(['part'], 'part.png')]);
  await expect.poll(() => studio.store.getState().current?.trace).toEqual(trace);
  await expect.poll(() => studio.store.getState().history[0]?.status).toBe('complete');
};

/** Storage that is full until `free()`. */
function fullStorage() {
  let full = true;
  const refuse = (real: Storage) => ({
    putRun: (...args: Parameters<Storage['putRun']>) => (full ? quotaExceeded() : real.putRun(...args)),
    putImage: (...args: Parameters<Storage['putImage']>) => (full ? quotaExceeded() : real.putImage(...args)),
  });
  return { refuse, free: () => (full = false) };
}
const quotaExceeded = () => Promise.reject(namedStorageError(new DOMException('full', 'QuotaExceededError')));

describe('when the storage is full', () => {
  it('the inspection ends as ever, is told why it was not saved, and is stored once there is room', async () => {
    const disk = fullStorage();
    const studio = createTestStudio({ trace });
    Object.assign(studio.storage, disk.refuse({ ...studio.storage }));
    await inspected(studio);
    expect(noticeCodes(studio)).toEqual(['storage-full']);
    const [notice] = studio.store.getState().notices;
    expect(notice!.problem.remedy).toMatch(/Export.*delete old inspections/);
    exportVerdict(studio);
    expect([...studio.saved.keys()]).toEqual(['part.verdict.json']);

    studio.store.setState({ current: null });
    const id = studio.store.getState().history[0]!.id;
    await openRun(studio, id);
    expect(studio.store.getState().current?.trace?.steps).toEqual(trace.steps);
    expect(await studio.storage.loadRun(id)).toBeNull();
    const correction = { runId: id, label: 'normal', regions: [], author: '', at: '', verdictSha256: '' } as const;
    await putCorrection(studio, id, correction);

    disk.free();
    await makeRoom(studio);
    expect(await studio.storage.listCorrections()).toEqual([correction]);
    expect((await studio.storage.loadRun(id))?.run.status).toBe('complete');
    expect(studio.unsaved.size).toBe(0);
  });
});

it('a note of progress that is slow to be refused does not take the place of the result', async () => {
  const studio = createTestStudio({ trace });
  const { inspect } = studio.engine;
  Object.assign(studio.engine, {
    inspect: ((job, onEvent, ...others) => {
      onEvent({ type: 'step-finished', step: RUN.steps[0]! });
      return inspect(job, onEvent, ...others);
    }) as typeof inspect,
  });
  let puts = 0;
  Object.assign(studio.storage, {
    putRun: async () => {
      if (++puts === 2) await new Promise((resolve) => setTimeout(resolve, 20));
      return quotaExceeded();
    },
  });
  await inspected(studio);
  await expect.poll(() => puts).toBe(3);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect([...studio.unsaved.values()].map(({ run }) => run.status)).toEqual(['complete']);
});

it('a labelled image that was removed comes back with its file, also after room was made', async () => {
  const studio = createTestStudio();
  await saveCategory(studio, { name: 'cap', types: [] });
  await addLabelled(studio, 'cap', [new File(['fine'], 'fine.png')], 'normal');
  const [{ id, sha256 }] = studio.store.getState().labelled['cap'] as [LabelledRecord];
  await removeLabelled(studio, 'cap', [id]);
  await makeRoom({ ...studio, host: { ...studio.host, now: () => new Date('2026-05-01T13:00:00Z') } });
  await undoLast(studio);
  expect(await studio.storage.readAsset(sha256)).not.toBeNull();
});

describe('what the page remembers', () => {
  it('is the way to inspect, as far as it is known', async () => {
    const studio = createTestStudio();
    chooseMode(studio, 'cot');
    await expect.poll(() => studio.storage.readSetting('mode')).toBe('cot');
    studio.store.setState({ mode: null });
    await loadStored(studio);
    expect(studio.store.getState().mode).toBe('cot');
    await studio.storage.writeSetting('mode', 'telepathy');
    await loadStored(studio);
    expect(studio.store.getState().mode).toBeNull();
  });
});
