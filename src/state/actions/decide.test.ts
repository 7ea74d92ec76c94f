// @vitest-environment node
import { DEFAULT_WINDOW } from '@agentiad/core/image/windowLevel.ts';
import 'fake-indexeddb/auto';
import { runScript } from '@agentiad/core/agent/testing.ts';
import { hashVerdict } from '@agentiad/core/protocol/hashVerdict.ts';
import { checkDocument } from '@agentiad/core/protocol/schema.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { describe, expect, it } from 'vitest';
import { namedStorageError } from '../../storage/open.ts';
import { createTestStudio, noticeCodes } from '../../testing/studioContext.ts';
import { decidedOnAnother, disagrees, filterRuns } from '../decisions.ts';
import { loadStored } from './boot.ts';
import { readDecisions, redoLast, undoLast, undoRunDeletions } from './changes.ts';
import { acceptVerdict, amendDecision, decide, decideRun, openNeighbour } from './decide.ts';
import { fileAsGood, filing } from './fileAsGood.ts';
import { deleteRun } from './deleteRun.ts';
import { saveCategory } from './library.ts';
import { exportTrace, exportVerdict, importTrace } from './traces.ts';
import { setThresholds } from './thresholds.ts';

const answer = (anomaly: boolean, type: string) =>
  `<answer>{"anomaly_present": ${anomaly}, "top_anomaly": "${type}", "visual_descriptions": []}</answer>`;
const { trace: normal } = await runScript({ turns: [() => ({ text: answer(false, 'none'), score: 0.1 })] });
const { trace: scratch } = await runScript({ turns: [() => ({ text: answer(true, 'scratch'), score: 0.9 })] });
const named = (trace: Trace, id: string, created: string): Trace => ({
  ...trace,
  verdict: { ...trace.verdict, id, created },
});

/** A studio with three runs in its history, the newest on the stage: c (scratch), b (normal), a (normal). */
async function studioWithRuns() {
  const studio = createTestStudio();
  for (const [trace, id, day] of [
    [normal, 'a', 1],
    [normal, 'b', 2],
    [scratch, 'c', 3],
  ] as const)
    await importTrace(studio, JSON.stringify(named(trace, id, `2026-01-0${day}T00:00:00Z`)), `${id}.json`);
  studio.preferences.setState({ author: 'Li' });
  const state = () => studio.store.getState();
  return { studio, state, shown: () => state().current?.runId };
}

describe('a decision', () => {
  it('stands beside the verdict, which it cites and leaves as it was; both survive a reload', async () => {
    const { studio, state } = await studioWithRuns();
    const before = JSON.stringify(state().current?.trace?.verdict);
    await decide(studio, 'good');
    await amendDecision(studio, { note: 'a hair, not a scratch' });
    expect(state().decisions['c']).toEqual({
      runId: 'c',
      decision: 'good',
      accepted: false,
      type: null,
      note: 'a hair, not a scratch',
      author: 'Li',
      at: '2026-05-01T12:00:00.000Z',
      verdictSha256: hashVerdict(named(scratch, 'c', '2026-01-03T00:00:00Z').verdict),
    });
    expect(JSON.stringify((await studio.storage.loadRun('c'))?.stored.verdict)).toBe(before);
    studio.store.setState({ decisions: {} });
    await loadStored(studio);
    expect(state().decisions['c']?.note).toBe('a hair, not a scratch');
    expect(noticeCodes(studio)).toEqual([]);
  });

  it('keeps what another tab decided and wrote meanwhile', async () => {
    const { studio, state } = await studioWithRuns();
    await decide(studio, 'good');
    const elsewhere = { ...state().decisions['c']!, note: 'seen at the bench', at: '2026-05-01T12:00:01.000Z' };
    await studio.storage.putDecision(elsewhere);
    await decide(studio, 'unsure');
    expect(state().decisions['c']).toMatchObject({ decision: 'unsure', note: 'seen at the bench' });
    await studio.storage.putDecision({ ...elsewhere, runId: 'a', at: '2026-05-01T12:00:02.000Z' });
    await readDecisions(studio);
    expect(state().decisions['a']).toMatchObject({ note: 'seen at the bench' });
  });

  it('is made on the inspection itself, not on what came of a question', async () => {
    const { studio, state } = await studioWithRuns();
    studio.store.setState({ current: { ...state().current!, branch: 'b1' } });
    await acceptVerdict(studio);
    await decide(studio, 'good');
    expect(state().decisions).toEqual({});
  });

  it('accepting takes over what the agent says where the verdict was sent to review', async () => {
    const { studio, state } = await studioWithRuns();
    await acceptVerdict(studio);
    expect(state().decisions['c']).toMatchObject({ decision: 'defect', accepted: true, type: 'scratch' });
    await openNeighbour(studio, 1);
    await acceptVerdict(studio);
    expect(state().decisions['b']).toMatchObject({ decision: 'good', accepted: true, type: null });
  });

  it('is undone and redone, step by step, and the run it is about comes back to the stage', async () => {
    const { studio, state, shown } = await studioWithRuns();
    await decide(studio, 'good');
    await decide(studio, 'defect');
    await openNeighbour(studio, 1);
    expect(shown()).toBe('b');
    await undoLast(studio);
    expect([state().decisions['c']?.decision, shown()]).toEqual(['good', 'c']);
    await undoLast(studio);
    expect(await studio.storage.listDecisions()).toEqual([]);
    await redoLast(studio);
    await redoLast(studio);
    expect((await studio.storage.listDecisions())[0]?.decision).toBe('defect');
    await undoLast(studio);
    await decide(studio, 'unsure');
    await redoLast(studio);
    expect(state().decisions['c']?.decision).toBe('unsure');
  });

  it('brings the next undecided run when that is wanted', async () => {
    const { studio, shown } = await studioWithRuns();
    await decide(studio, 'defect');
    expect(shown()).toBe('c');
    studio.preferences.setState({ autoAdvance: true });
    await decide(studio, 'defect');
    expect(shown()).toBe('b');
    await decide(studio, 'good');
    await decide(studio, 'good');
    expect(shown()).toBe('a');
  });

  it('against the model is found with one filter', async () => {
    const { studio, state } = await studioWithRuns();
    await decide(studio, 'good');
    expect(filterRuns(state(), 'disagreements').map(({ id }) => id)).toEqual(['c']);
    expect(filterRuns(state(), 'undecided').map(({ id }) => id)).toEqual(['b', 'a']);
    expect(disagrees({ label: 'normal', agentSays: 'anomalous' }, { decision: 'good' })).toBe(false);
    expect(disagrees({ label: 'review', agentSays: 'normal' }, { decision: 'unsure' })).toBe(false);
  });

  it('on another verdict than there is now is told to be so, in the file too, until somebody decides again', async () => {
    const { studio, state } = await studioWithRuns();
    await decide(studio, 'defect');
    expect(decidedOnAnother(state().current!.trace!.verdict, state().decisions['c'])).toBe(false);
    const issued = state().current!.trace!;
    const went = { ...issued, verdict: { ...issued.verdict, verdict: { ...issued.verdict.verdict, score: 0.2 } } };
    studio.store.setState({ current: { ...state().current!, trace: went } });
    const isAnother = () => decidedOnAnother(went.verdict, state().decisions['c']);
    expect(isAnother()).toBe(true);
    await amendDecision(studio, { note: 'a late word' });
    expect(isAnother()).toBe(true);
    exportVerdict(studio);
    const saved = JSON.parse([...studio.saved.values()][0]!);
    expect(checkDocument('verdict', saved)).toMatchObject({ ok: true });
    expect(saved.human).toMatchObject({ verdictSha256: hashVerdict(issued.verdict), verdictChanged: true });
    await decide(studio, 'defect');
    expect(isAnother()).toBe(false);
  });

  it('is handed to storage before it is shown', async () => {
    const { studio, state } = await studioWithRuns();
    const { putDecision } = studio.storage;
    const shownThen: boolean[] = [];
    Object.assign(studio.storage, {
      putDecision(...given: Parameters<typeof putDecision>) {
        shownThen.push(state().decisions['c'] !== undefined);
        return putDecision(...given);
      },
    });
    await decide(studio, 'good');
    expect(shownThen).toEqual([false]);
    expect(state().decisions['c']).toMatchObject({ decision: 'good' });
  });

  it('that storage refuses is taken back with a word of why; the one before stands, and there is nothing to undo', async () => {
    const { studio, state } = await studioWithRuns();
    await decide(studio, 'good');
    Object.assign(studio.storage, {
      putDecision: () => Promise.reject(namedStorageError(new DOMException('full', 'QuotaExceededError'))),
    });
    await decide(studio, 'defect');
    expect(state().decisions['c']).toMatchObject({ decision: 'good' });
    expect(await studio.storage.listDecisions()).toMatchObject([{ decision: 'good' }]);
    expect(noticeCodes(studio)).toHaveLength(1);
    expect(state().changes.done).toHaveLength(1);
  });

  it('goes with its run when that is deleted, and comes back with it', async () => {
    const { studio, state } = await studioWithRuns();
    await decide(studio, 'good');
    const issued = state().current!.trace;
    await deleteRun(studio, 'c');
    expect(state()).toMatchObject({ decisions: {}, current: null, deletedRuns: ['part.png'] });
    expect(await studio.storage.listDecisions()).toEqual([]);
    expect(await studio.storage.loadRun('c')).toBeNull();
    await undoLast(studio);
    expect(state().history.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(state().current?.trace).toEqual(issued);
    expect((await studio.storage.loadRun('c'))?.stored).toEqual(issued);
    expect(await studio.storage.listDecisions()).toMatchObject([{ runId: 'c', decision: 'good' }]);
    await redoLast(studio);
    expect(await studio.storage.loadRun('c')).toBeNull();
    expect(state().history.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  it('can be made in the list, on a run that is not on the stage', async () => {
    const { studio, state, shown } = await studioWithRuns();
    await decideRun(studio, 'a', 'defect');
    expect(shown()).toBe('c');
    const verdict = named(normal, 'a', '2026-01-01T00:00:00Z').verdict;
    expect(state().decisions['a']).toMatchObject({ decision: 'defect', verdictSha256: hashVerdict(verdict) });
    await undoLast(studio);
    expect(state().decisions['a']).toBeUndefined();
  });

  it('several runs deleted one after the other come back together while that is offered', async () => {
    const { studio, state } = await studioWithRuns();
    await deleteRun(studio, 'a');
    await deleteRun(studio, 'c');
    expect(state().deletedRuns).toHaveLength(2);
    await undoRunDeletions(studio);
    expect(state().history.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
    expect(state().deletedRuns).toEqual([]);
  });
});

describe('a saved file', () => {
  it('carries the decision and what the score says today; the verdict in it is still the one issued', async () => {
    const { studio, state } = await studioWithRuns();
    const issued = state().current!.trace!.verdict;
    await setThresholds(studio, issued.part.category, { t1: 0.2, t2: 0.8 });
    await decide(studio, 'defect');
    exportVerdict(studio);
    const saved = checkDocument('verdict', JSON.parse([...studio.saved.values()][0]!));
    expect(saved).toMatchObject({
      ok: true,
      value: {
        verdict: { label: 'review' },
        settings: { t1: 0.35, t2: 0.65 },
        relabelled: { t1: 0.2, t2: 0.8, label: 'anomalous' },
        human: { decision: 'defect', author: 'Li', verdictSha256: hashVerdict(issued) },
      },
    });
    expect(saved.ok && hashVerdict(saved.value)).toBe(hashVerdict(issued));
  });

  it('brings its decision along into another studio, with author and time', async () => {
    const { studio } = await studioWithRuns();
    await decide(studio, 'unsure');
    exportTrace(studio);
    const [name, text] = [...studio.saved][0]!;
    const other = createTestStudio();
    await importTrace(other, text, name);
    expect(other.store.getState().decisions['c']).toMatchObject({ decision: 'unsure', author: 'Li' });
    expect(await other.storage.listDecisions()).toHaveLength(1);
  });
});

describe('a part decided to be good', () => {
  it('whose kind of part was deleted is not filed anywhere: it is said why, and nothing is lost', async () => {
    const { studio, state } = await studioWithRuns();
    studio.store.setState(({ current }) => ({ current: { ...current!, hasFile: true, category: 'cap' } }));
    studio.files.set(state().current!.sha256, new Uint8Array([1, 2, 3]).buffer);
    await decide(studio, 'good');
    await fileAsGood(studio);
    expect(state().exemplars).toEqual([]);
    expect(await studio.storage.listExemplars()).toEqual([]);
    expect(state().notices.map(({ problem }) => [problem.code, problem.remedy])).toEqual([
      ['filing-kind-gone', expect.stringContaining('cap')],
    ]);
    expect(state().decisions['c']).toMatchObject({ decision: 'good' });
  });

  it('becomes a good part of its kind in one action, which can be undone', async () => {
    const { studio, state } = await studioWithRuns();
    await saveCategory(studio, { name: 'cap', types: [] });
    const bytes = new Uint8Array([1, 2, 3]).buffer;
    const { meta } = await studio.engine.prepare(bytes, 'part.png', DEFAULT_WINDOW);
    studio.files.set(meta.sha256, bytes);
    studio.store.setState(({ current }) => ({
      current: { ...current!, sha256: meta.sha256, hasFile: true, category: 'cap' },
    }));
    expect(filing(state())).toBe('impossible');
    await fileAsGood(studio);
    expect(state().exemplars).toEqual([]);
    await decide(studio, 'good');
    await fileAsGood(studio);
    expect(filing(state())).toBe('filed');
    expect((await studio.storage.listExemplars()).map(({ sha256, category }) => [sha256, category])).toEqual([
      [meta.sha256, 'cap'],
    ]);
    await undoLast(studio);
    expect(await studio.storage.listExemplars()).toEqual([]);
    await redoLast(studio);
    expect(state().exemplars).toHaveLength(1);
  });
});
