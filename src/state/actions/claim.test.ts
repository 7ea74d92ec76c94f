// @vitest-environment node
import 'fake-indexeddb/auto';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '@agentiad/core/protocol/events.ts';
import { RUN } from '@agentiad/core/replay/testing.ts';
import { createTestStudio, noticeCodes } from '../../testing/studioContext.ts';
import type { Sample } from '../studioState.ts';
import { clearStage, inspectAgain, stopInspection } from './inspect.ts';
import { addFiles, inspectQueued } from './intake.ts';
import { saveCategory, trySample } from './library.ts';
import { deleteRun } from './deleteRun.ts';
import { openRun } from './traces.ts';

const TRACE = {
  schema: 'agentiad-trace/1',
  prompt: { system: '', user: '' },
  images: RUN.images,
  assets: {},
  steps: RUN.steps,
  verdict: {
    ...RUN.verdict,
    status: 'complete',
    created: '2026-05-01T12:00:00Z',
    verdict: { label: 'review', score: 0.5 },
    image: { width: 100, height: 80 },
    part: { category: null },
    settings: { mode: 'pz' },
    model: { sha256: 'm' },
    steps: [],
    timings: { totalMs: 5, modelMs: 3, toolMs: 2 },
  },
} as unknown as Trace;

const file = (name: string) => new File([name], name);

/** A studio whose engine works until it is told to finish; `most` is how many inspections it made at the same time. */
function slowStudio() {
  const studio = createTestStudio();
  const runs: { tell: (event: RunEvent) => void; finish: () => void }[] = [];
  let now = 0;
  const counts = { most: 0, stops: 0 };
  studio.engine.inspect = (_job, tell) =>
    new Promise((resolve) => {
      counts.most = Math.max(counts.most, ++now);
      const finish = () => {
        now -= 1;
        resolve(TRACE);
      };
      runs.push({ tell, finish });
    });
  studio.engine.stop = () => void counts.stops++;
  const begun = async (count: number) => {
    await expect.poll(() => runs.length).toBe(count);
    return runs[count - 1]!;
  };
  const state = () => studio.store.getState();
  return { studio, state, counts, begun, runs };
}

const SAMPLE: Sample = {
  id: 'cap',
  title: 'A cap',
  category: 'cap',
  types: ['dent'],
  part: 'part.jpg',
  exemplars: ['good.jpg'],
  note: '',
};

describe('inspections are made one at a time', () => {
  it('with two quick drops: the second image waits', async () => {
    const { studio, state, begun, runs } = slowStudio();
    await Promise.all([addFiles(studio, [file('a.png')]), addFiles(studio, [file('b.png')])]);
    await begun(1);
    expect(state().queue.map((item) => item.name)).toEqual(['b.png']);
    expect(runs).toHaveLength(1);
  });

  it('with a double click on a sample', async () => {
    const { studio, begun, runs } = slowStudio();
    Object.assign(studio.host, { fetch: (url: string) => Promise.resolve(new Response(url)) });
    void trySample(studio, SAMPLE);
    void trySample(studio, SAMPLE);
    await begun(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(runs).toHaveLength(1);
    expect(studio.store.getState().exemplars).toHaveLength(1);
    expect(noticeCodes(studio)).toEqual([]);
  });

  it('a sample’s good parts are not those of the photo dropped after it', async () => {
    const { studio, state, begun } = slowStudio();
    Object.assign(studio.host, { fetch: (url: string) => Promise.resolve(new Response(url)) });
    void trySample(studio, SAMPLE);
    (await begun(1)).finish();
    await expect.poll(() => state().inspecting).toBeNull();
    expect(state().category).toBe('cap');
    await addFiles(studio, [file('own.png')]);
    await begun(2);
    expect(state().current?.category).toBeNull();
    expect(state().category).toBeNull();
  });

  it('when another run is on the stage meanwhile: dropping waits, inspecting again is refused by name', async () => {
    const { studio, state, counts, begun, runs } = slowStudio();
    await addFiles(studio, [file('old.png')]);
    (await begun(1)).finish();
    await expect.poll(() => state().inspecting).toBeNull();
    await addFiles(studio, [file('new.png')]);
    await begun(2);
    const old = state().history.find((run) => run.name === 'old.png')!;
    await openRun(studio, old.id);
    expect(state().current?.name).toBe('old.png');
    await inspectAgain(studio);
    expect(noticeCodes(studio)).toContain('inspection-busy');
    await addFiles(studio, [file('third.png')]);
    await inspectQueued(studio);
    expect(state().queue.map((item) => item.name)).toEqual(['third.png']);
    expect(runs).toHaveLength(2);

    runs[1]!.finish();
    await expect.poll(() => state().inspecting).toBeNull();
    void inspectQueued(studio);
    (await begun(3)).finish();
    await expect.poll(() => state().inspecting).toBeNull();
    expect(state().queue).toEqual([]);
    expect(counts.most).toBe(1);
  });
});

describe('a run that is cut off before its first step', () => {
  it('has its part stored, so that it opens at its size', async () => {
    const { studio, state, begun } = slowStudio();
    await addFiles(studio, [file('part.png')]);
    const { tell } = await begun(1);
    const id = state().current!.runId;
    tell({ type: 'image', image: RUN.images[0]!, asset: RUN.assets['a1']! });
    await expect.poll(async () => (await studio.storage.loadRun(id))?.stored.images).toMatchObject([{ role: 'part' }]);
  });
});

describe('a run behind another one on the stage', () => {
  it('goes on being stored, is shown live when opened again, and cannot be deleted', async () => {
    const { studio, state, counts, begun } = slowStudio();
    await addFiles(studio, [file('part.png')]);
    const { tell, finish } = await begun(1);
    const id = state().current!.runId;
    clearStage(studio);
    expect(state().current?.activity).toBe('running');
    studio.store.setState({ current: null });
    tell({ type: 'step-finished', step: RUN.steps[0]! } as RunEvent);
    await expect.poll(async () => (await studio.storage.loadRun(id))?.stored.steps.length).toBe(1);

    await deleteRun(studio, id);
    expect(noticeCodes(studio)).toEqual(['run-in-progress']);
    expect(await studio.storage.loadRun(id)).not.toBeNull();

    await openRun(studio, id);
    expect(state().current).toMatchObject({ runId: id, activity: 'running', cutOff: false });
    stopInspection(studio);
    expect(counts.stops).toBe(1);
    finish();
    await expect.poll(() => state().current?.trace).toEqual(TRACE);
    await expect.poll(() => state().inspecting).toBeNull();
    expect(state().history).toMatchObject([{ id, status: 'complete' }]);
  });
});

describe('while the model is loading', () => {
  const loading = { state: 'loading', phase: { step: 'agent', bytes: null, share: null } } as const;

  it('an image that leaves the stage waits in the list', async () => {
    const { studio, state } = slowStudio();
    studio.store.setState({ engine: loading });
    await addFiles(studio, [file('a.png')]);
    clearStage(studio);
    await expect.poll(() => state().queue.map((item) => item.name)).toEqual(['a.png']);
    await expect.poll(() => state().inspecting).toBeNull();
  });

  it('stop ends the wait', async () => {
    const { studio, state } = slowStudio();
    studio.store.setState({ engine: loading });
    await addFiles(studio, [file('a.png')]);
    stopInspection(studio);
    await expect.poll(() => state().inspecting).toBeNull();
    expect(state().current).toMatchObject({ activity: 'open', problem: { code: 'stopped-early' } });
  });

  it('its failure becomes the problem of the image on the stage', async () => {
    const { studio, state } = slowStudio();
    studio.store.setState({ engine: loading });
    await addFiles(studio, [file('a.png')]);
    const problem = { code: 'model-unreachable', subject: 'x', reason: 'y', remedy: 'z' };
    studio.store.setState({ engine: { state: 'failed', problem } });
    await expect.poll(() => state().inspecting).toBeNull();
    expect(state().current).toMatchObject({ activity: 'open', problem });
  });
});

describe('what must not get lost', () => {
  it('a waiting image whose bytes are gone stays in the list and is told', async () => {
    const { studio, state } = slowStudio();
    const item = { id: 'q', added: '', name: 'gone.png', sha256: 'gone', category: null, recipe: null };
    studio.store.setState({ queue: [item] });
    await inspectQueued(studio);
    expect(noticeCodes(studio)).toEqual(['image-missing']);
    expect(state()).toMatchObject({ queue: [item], inspecting: null });
  });

  it('the user’s category of a sample’s name', async () => {
    const { studio, state, begun } = slowStudio();
    Object.assign(studio.host, { fetch: (url: string) => Promise.resolve(new Response(url)) });
    await saveCategory(studio, { name: 'cap', types: ['my defect'] });
    void trySample(studio, SAMPLE);
    await begun(1);
    expect(state().categories).toMatchObject([
      { name: 'cap', types: ['my defect'] },
      { name: 'Sample: cap', types: ['dent'] },
    ]);
    expect(state().exemplars).toMatchObject([{ category: 'Sample: cap' }]);
  });

  it('the name of an engine error', async () => {
    const { studio, state } = slowStudio();
    const broken = { code: 'worker-broken', subject: 'x', reason: 'y', remedy: 'z' };
    studio.engine.inspect = () => Promise.reject(new UserError(broken));
    await addFiles(studio, [file('a.png')]);
    await expect.poll(() => state().current?.problem).toEqual(broken);
    await expect.poll(() => state().inspecting).toBeNull();
  });
});
