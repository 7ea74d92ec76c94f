// @vitest-environment node
import 'fake-indexeddb/auto';
import { branchOf } from '@agentiad/core/agent/askAgain.ts';
import { crop, runScript, SAYS_NORMAL, SAYS_SCRATCH } from '@agentiad/core/agent/testing.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import { exemplarRecord, runRecord } from '../../testing/records.ts';
import { createTestStudio, type TestStudio } from '../../testing/studioContext.ts';
import { askAgain, stopAsking } from './ask.ts';
import { loadStored } from './boot.ts';
import { undoLast } from './changes.ts';
import { checkWhatDecided } from './checks.ts';
import { decide } from './decide.ts';
import { addFiles } from './intake.ts';
import { deleteExemplars } from './library.ts';
import { missingPixels } from './missingPixels.ts';
import { deleteRun } from './deleteRun.ts';
import { importTrace, openRun } from './traces.ts';

let trace: Trace;
let other: Trace;
beforeAll(async () => {
  trace = (await runScript({ turns: [crop([0, 0, 0.3, 0.3]), SAYS_NORMAL] })).trace;
  other = (await runScript({ turns: [crop([0, 0, 0.3, 0.3]), crop([0.5, 0.5, 0.9, 0.9]), SAYS_SCRATCH] })).trace;
});

const made = (id: string) => {
  const { branch, assets } = branchOf(other, { kind: 'asked', after: 's1', steps: 1, images: 2 });
  return { branch: { ...branch, id }, assets };
};
const shown = (studio: TestStudio) => studio.store.getState().current;

/** A studio with the inspections `a`, `b` in its history; `b` on the stage, its file kept. */
async function withRuns(): Promise<TestStudio> {
  const studio = createTestStudio({ trace });
  for (const id of ['a', 'b'])
    await importTrace(studio, JSON.stringify({ ...trace, verdict: { ...trace.verdict, id } }), `${id}.json`);
  studio.files.set(trace.verdict.image.sha256, new ArrayBuffer(1));
  await openRun(studio, 'b');
  return studio;
}

/** What is loaded of `a` comes only after `arrive`. */
function slowLoading(studio: TestStudio) {
  const { loadRun } = studio.storage;
  let arrive = () => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  studio.storage.loadRun = async (id) => {
    const found = await loadRun(id);
    if (id === 'a') await arrived;
    return found;
  };
  return { arrive: () => arrive() };
}

describe('the stage', () => {
  it('shows the inspection that was opened last, also when an earlier one takes longer to load', async () => {
    const studio = await withRuns();
    const slow = slowLoading(studio);
    const first = openRun(studio, 'a');
    await openRun(studio, 'b');
    slow.arrive();
    await first;
    expect(shown(studio)?.runId).toBe('b');
  });

  it('is not taken from an inspection that began meanwhile', async () => {
    const studio = await withRuns();
    const slow = slowLoading(studio);
    studio.engine.inspect = () => new Promise(() => {});
    const opening = openRun(studio, 'a');
    await addFiles(studio, [new File(['part'], 'new.png')]);
    await expect.poll(() => shown(studio)?.name).toBe('new.png');
    slow.arrive();
    await opening;
    expect(shown(studio)?.name).toBe('new.png');
  });

  it('does not show an inspection that was deleted while it was loaded', async () => {
    const studio = await withRuns();
    const slow = slowLoading(studio);
    const opening = openRun(studio, 'a');
    const deleting = deleteRun(studio, 'a');
    await new Promise((done) => setTimeout(done));
    slow.arrive();
    await Promise.all([opening, deleting]);
    expect(shown(studio)?.runId).toBe('b');
  });
});

describe('another tab', () => {
  const running = runRecord({ id: 'r', status: 'running', imageSha256: 'x' });
  const begun = () => ({ ...trace, verdict: null });

  it('may finish its inspection while this one starts: the result stays', async () => {
    const studio = createTestStudio();
    await studio.storage.putRun(running, begun());
    Object.assign(studio.host, {
      liveRuns: async () => {
        await studio.storage.putRun({ ...running, status: 'complete' }, trace);
        return new Set();
      },
    });
    await loadStored(studio);
    expect((await studio.storage.loadRun('r'))?.run.status).toBe('complete');
  });

  it('may begin one while this one starts: it is not taken for cut off', async () => {
    const studio = createTestStudio();
    const held = new Set<string>();
    const { listRuns } = studio.storage;
    studio.storage.listRuns = async () => {
      if (!held.has('r')) await studio.storage.putRun(running, begun());
      held.add('r');
      return listRuns();
    };
    Object.assign(studio.host, { liveRuns: () => Promise.resolve(new Set(held)) });
    await loadStored(studio);
    expect((await studio.storage.loadRun('r'))?.run.status).toBe('running');
  });

  it('may ask of the same inspection: both questions are kept', async () => {
    const studio = await withRuns();
    const { run, stored } = (await studio.storage.loadRun('b'))!;
    const { branch, assets } = made('theirs');
    studio.engine.ask = async () => {
      await studio.storage.putRun(run, { ...stored, assets: { ...stored.assets, ...assets }, branches: [branch] });
      return made('ours');
    };
    await askAgain(studio, { kind: 'asked', box: [0, 0, 9, 9], after: 's1' });
    const kept = (await studio.storage.loadRun('b'))!.stored;
    expect(kept.branches!.map(({ id }) => id)).toEqual(['theirs', 'ours']);
    expect(shown(studio)).toMatchObject({ branch: 'ours', trace: { branches: [{ id: 'theirs' }, { id: 'ours' }] } });
  });

  it('may ask while it is found out what decided it', async () => {
    const studio = await withRuns();
    const { run, stored } = (await studio.storage.loadRun('b'))!;
    studio.engine.check = async (_job, { kind }) => {
      if (kind === 'no-zoom') await studio.storage.putRun(run, { ...stored, branches: [made('theirs').branch] });
      return { kind, status: 'skipped', created: '', answer: null, score: null, label: null, flips: null, message: '' };
    };
    await checkWhatDecided(studio);
    const kept = (await studio.storage.loadRun('b'))!.stored;
    expect(kept.checks).toHaveLength(4);
    expect(kept.branches!.map(({ id }) => id)).toEqual(['theirs']);
  });
});

describe('stop', () => {
  it('asked for before the worker has the question ends it too', async () => {
    const studio = await withRuns();
    const calls: string[] = [];
    studio.engine.stop = () => calls.push('stop');
    studio.engine.ask = () => {
      calls.push('ask');
      return Promise.resolve(made('ours'));
    };
    const asking = askAgain(studio, { kind: 'sweep', after: 's1' });
    stopAsking(studio);
    await asking;
    expect(calls.lastIndexOf('stop')).toBeGreaterThan(calls.indexOf('ask'));
  });
});

describe('deciding', () => {
  it('again on a verdict that changed since cites the new one', async () => {
    const studio = await withRuns();
    await decide(studio, 'good');
    const before = studio.store.getState().decisions['b']!.verdictSha256;
    const { verdict } = shown(studio)!.trace!;
    studio.store.setState({
      current: { ...shown(studio)!, trace: { ...trace, verdict: { ...verdict, warnings: ['went on'] } } },
    });
    await decide(studio, 'good');
    expect(studio.store.getState().decisions['b']!.verdictSha256).not.toBe(before);
    expect(studio.store.getState().decisions['b']!.decision).toBe('good');
  });

  it('is undone on an inspection that was deleted only after that came back', async () => {
    const studio = await withRuns();
    await decide(studio, 'good');
    await decide(studio, 'defect');
    await deleteRun(studio, 'b');
    expect(await studio.storage.listDecisions()).toEqual([]);
    await undoLast(studio);
    await undoLast(studio);
    expect(await studio.storage.listDecisions()).toMatchObject([{ runId: 'b', decision: 'good' }]);
  });
});

describe('making room', () => {
  it('keeps the file of a good part that is still offered back', async () => {
    const studio = await withRuns();
    const bytes = new ArrayBuffer(3);
    const added = '2026-01-01T00:00:00Z';
    await studio.storage.putImage({
      ...{ sha256: 'filed', mime: 'image/png', bytes, thumb: bytes, thumbMime: 'image/webp', added },
    });
    const exemplar = exemplarRecord({ id: 'g', category: 'cap', name: 'g.png', sha256: 'filed' });
    await studio.storage.putExemplar(exemplar);
    studio.store.setState({ exemplars: [exemplar] });
    await deleteExemplars(studio, ['g']);
    await deleteRun(studio, 'a');
    await undoLast(studio);
    expect(await studio.storage.readAsset('filed')).not.toBeNull();
    studio.store.setState({ exemplars: [exemplar] });
    await deleteExemplars(studio, ['g']);
    studio.store.setState({ undo: null });
    await deleteRun(studio, 'b');
    expect(await studio.storage.readAsset('filed')).not.toBeNull();
    await studio.storage.collectGarbage('2026-07-01T00:00:00Z');
    expect(await studio.storage.readAsset('filed')).toBeNull();
  });
});

describe('missing pixels', () => {
  it('of a question are told, also where the inspection itself has an image of that number', () => {
    const { branch } = made('ours');
    expect(missingPixels({ ...other, branches: [branch] }, 'part')).toBeNull();
    const bare = { ...branch, images: branch.images.map((image) => ({ ...image, asset: 'gone' })) };
    expect(missingPixels({ ...other, branches: [bare] }, 'part')!.reason).toContain('missing for: s2.');
  });
});
