// @vitest-environment node
import 'fake-indexeddb/auto';
import { call, crop, runScript, SAYS_NORMAL, SAYS_SCRATCH, testBackbone } from '@agentiad/core/agent/testing.ts';
import { branchOf } from '@agentiad/core/agent/askAgain.ts';
import type { RunEvent } from '@agentiad/core/protocol/events.ts';
import { checkDocument } from '@agentiad/core/protocol/schema.ts';
import type { Trace, TraceBranch, TraceCheck } from '@agentiad/core/protocol/trace.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { beforeAll, describe, expect, it } from 'vitest';
import type { InspectJob } from '../../runtime/messages.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { stepToAskAfter, whyNotAsk, whyNotResume } from '../askable.ts';
import { askAgain, stopAsking, swapExemplar } from './ask.ts';
import { checkWhatDecided } from './checks.ts';
import { inspectAgain } from './inspect.ts';
import { addFiles } from './intake.ts';
import { resumeInspection } from './resume.ts';
import { openRun } from './traces.ts';

let trace: Trace;
let other: Trace;
beforeAll(async () => {
  const first = crop([0, 0, 0.3, 0.3]);
  trace = (await runScript({ turns: [first, call('query_image'), SAYS_NORMAL] })).trace;
  other = (await runScript({ turns: [first, crop([0.5, 0.5, 0.9, 0.9]), SAYS_SCRATCH] })).trace;
});

const made = () => branchOf(other, { kind: 'asked', after: 's1', steps: 1, images: 2 });

/** What the worker tells of the second step of `other`. */
function showSecondStep(tell: (event: RunEvent) => void): void {
  const image = other.images[2]!;
  tell({ type: 'image', image, asset: other.assets[image.asset]! });
  tell({ type: 'step-finished', step: other.steps[1]! });
}

/** A studio with an inspected part on its stage. */
async function inspected(ended: Trace = trace): Promise<TestStudio> {
  const studio = createTestStudio({ trace: ended });
  await addFiles(studio, [new File(['part'], 'part.png')]);
  await expect.poll(() => studio.store.getState().inspecting).toBeNull();
  return studio;
}

const current = (studio: TestStudio) => studio.store.getState().current!;

describe('a question about a finished inspection', () => {
  it('asks what the inspection was asked, shows the branch, and keeps it with the trace', async () => {
    const studio = await inspected();
    let job: InspectJob | null = null;
    studio.engine.ask = (given, what) => {
      job = given;
      expect(what).toMatchObject({ asked: { kind: 'asked', box: [1, 2, 30, 40] }, from: { after: 's1' } });
      expect(current(studio)).toMatchObject({ activity: 'running', trace });
      expect(current(studio).run.steps).toHaveLength(1);
      return Promise.resolve(made());
    };
    await askAgain(studio, { kind: 'asked', box: [1, 2, 30, 40], after: 's1' });
    expect(job).toMatchObject({ mode: trace.verdict.settings.mode, types: trace.verdict.settings.types });
    expect(current(studio)).toMatchObject({ activity: 'open', branch: made().branch.id });
    expect(current(studio).run.steps.map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
    expect(studio.store.getState().asking).toBeNull();
    const stored = (await studio.storage.loadRun(current(studio).runId))!.stored;
    expect(stored.branches).toHaveLength(1);
    expect(stored.steps).toEqual(trace.steps);
    expect(Object.keys(stored.assets).sort()).toEqual(Object.keys(current(studio).trace!.assets).sort());
  });

  it('that cannot be asked leaves everything as it was, and says why', async () => {
    const studio = await inspected();
    const before = current(studio);
    studio.engine.ask = () =>
      Promise.reject(new UserError({ code: 'conversation-changed', subject: 'x', reason: 'y.', remedy: 'z.' }));
    await askAgain(studio, { kind: 'asked', box: [0, 0, 9, 9], after: null });
    expect(noticeCodes(studio)).toContain('conversation-changed');
    expect(current(studio)).toEqual(before);
    expect(studio.store.getState().inspecting).toBeNull();
  });

  it('is kept step by step, under the name it ends with', async () => {
    const studio = await inspected();
    const { engine } = studio.store.getState();
    if (engine.state !== 'ready') throw new Error('the test studio is ready');
    studio.store.setState({ engine: { ...engine, info: { ...engine.info, card: testBackbone.card } } });
    const { runId } = current(studio);
    const stored = async () => (await studio.storage.loadRun(runId))!.stored;
    let seen: readonly TraceBranch[] | undefined;
    studio.engine.ask = async (job, _what, tell) => {
      showSecondStep(tell);
      await expect.poll(async () => (await stored()).branches?.[0]?.steps.length).toBe(1);
      seen = (await stored()).branches;
      return { ...made(), branch: { ...made().branch, id: job.runId } };
    };
    await askAgain(studio, { kind: 'asked', box: [1, 2, 30, 40], after: 's1' });
    expect(seen).toMatchObject([{ kind: 'asked', after: 's1', status: 'interrupted', answer: null, score: null }]);
    expect(seen![0]!.images.map(({ index }) => index)).toEqual([3]);
    const { branches, assets } = await stored();
    expect(branches).toMatchObject([{ id: seen![0]!.id, status: 'complete', steps: [{ id: 's2' }, { id: 's3' }] }]);
    expect(checkDocument('trace', { ...current(studio).trace!, branches: seen })).not.toHaveProperty('problems');
    expect(assets).toHaveProperty(other.images[2]!.asset);
  });

  it('that breaks off keeps the steps it came to', async () => {
    const studio = await inspected();
    studio.engine.ask = (_job, _what, tell) => {
      showSecondStep(tell);
      return Promise.reject(new UserError({ code: 'worker-broken', subject: 'x', reason: 'y.', remedy: 'z.' }));
    };
    await askAgain(studio, { kind: 'asked', box: [1, 2, 30, 40], after: 's1' });
    expect(noticeCodes(studio)).toContain('worker-broken');
    expect(current(studio)).toMatchObject({ activity: 'open', branch: null });
    expect(current(studio).trace!.branches).toMatchObject([{ status: 'interrupted', steps: [{ id: 's2' }] }]);
    await openRun(studio, current(studio).runId);
    expect(current(studio).trace!.branches).toHaveLength(1);
  });

  it('another good part takes the place of the one the step fetched', async () => {
    const studio = await inspected();
    const asked: unknown[] = [];
    studio.engine.ask = (_job, what) => {
      asked.push([what.asked, what.from.after]);
      return Promise.resolve(made());
    };
    await swapExemplar(studio, 2, 'good7');
    expect(asked).toEqual([[{ kind: 'swapped', exemplarId: 'good7' }, 's1']]);
  });

  it('is asked of the inspection itself, whichever branch is shown', () => {
    const grown = { ...trace, branches: [made().branch] };
    expect(stepToAskAfter({ trace, branch: null }, 3)).toBe('s2');
    expect(stepToAskAfter({ trace, branch: null }, 1)).toBe('s1');
    expect(stepToAskAfter({ trace, branch: null }, 0)).toBeNull();
    expect(stepToAskAfter({ trace: grown, branch: made().branch.id }, 3)).toBe('s1');
  });

  it('cannot be asked without the file, the model or a verdict, nor while another inspection is made', async () => {
    const studio = await inspected();
    const state = studio.store.getState();
    const { engine } = state;
    expect(whyNotAsk(state)).toBeNull();
    expect(whyNotAsk({ ...state, current: null })).toBe('nothing');
    expect(whyNotAsk({ ...state, current: { ...state.current!, hasFile: false } })).toBe('no-file');
    expect(whyNotAsk({ ...state, current: { ...state.current!, trace: null } })).toBe('unfinished');
    expect(whyNotAsk({ ...state, inspecting: { id: Symbol(), live: null } })).toBe('inspecting');
    expect(whyNotAsk({ ...state, engine: { state: 'failed', problem: {} as never } })).toBe('no-model');
    expect(engine.state).toBe('ready');
  });
});

describe('what decided it', () => {
  const check = (kind: TraceCheck['kind'], status: TraceCheck['status'] = 'complete'): TraceCheck => ({
    ...{ kind, status, created: '', answer: null, score: null, label: null, flips: null, message: '' },
  });

  it('keeps every control as soon as it is done; stopped, it keeps those', async () => {
    const studio = await inspected();
    studio.engine.check = (_job, { kind }) => {
      if (kind === 'no-exemplar') stopAsking(studio);
      return Promise.resolve(check(kind, kind === 'no-exemplar' ? 'interrupted' : 'complete'));
    };
    await checkWhatDecided(studio);
    expect(current(studio).trace!.checks!.map(({ kind }) => kind)).toEqual(['no-zoom']);
    studio.engine.check = (_job, { kind }) => Promise.resolve(check(kind));
    await checkWhatDecided(studio);
    const stored = (await studio.storage.loadRun(current(studio).runId))!.stored;
    expect(stored.checks!.map(({ kind }) => kind).sort()).toEqual([
      'grey-crop',
      'no-exemplar',
      'no-zoom',
      'wrong-exemplar',
    ]);
    expect(studio.store.getState().inspecting).toBeNull();
  });

  it('while it is found out another inspection is refused by name', async () => {
    const studio = await inspected();
    let finish = () => {};
    studio.engine.check = (_job, { kind }) =>
      new Promise((resolve) => (finish = () => resolve(check(kind, 'interrupted'))));
    const finding = checkWhatDecided(studio);
    await expect.poll(() => studio.store.getState().asking).not.toBeNull();
    await inspectAgain(studio);
    expect(noticeCodes(studio)).toContain('inspection-busy');
    finish();
    await finding;
  });
});

describe('an inspection that did not come to its end', () => {
  it('goes on under its own id from its last finished step, with what it was asked', async () => {
    const stopped: Trace = {
      ...trace,
      steps: [trace.steps[0]!, { ...trace.steps[1]!, observation: null }],
      verdict: { ...trace.verdict, status: 'interrupted' },
    };
    const studio = await inspected(stopped);
    const { runId } = current(studio);
    studio.store.setState((state) => ({
      current: { ...state.current!, askedFor: { ...state.current!.askedFor!, modelSha256: undefined as never } },
    }));
    expect(whyNotResume(studio.store.getState())).toBeNull();
    let job: InspectJob | null = null;
    studio.engine.inspect = (given) => {
      job = given;
      expect(current(studio).run.steps.map(({ id }) => id)).toEqual(['s1']);
      return Promise.resolve(trace);
    };
    const [older] = studio.store.getState().history;
    studio.store.setState({ history: [{ ...older!, id: 'newer' }, older!] });
    await resumeInspection(studio);
    expect(job).toMatchObject({ runId, from: { after: 's1' }, hasSmallerCrops: false });
    expect(current(studio)).toMatchObject({ runId, activity: 'open', trace });
    expect(studio.store.getState().history.map(({ id }) => id)).toEqual(['newer', runId]);
    expect(whyNotResume(studio.store.getState())).toBe('settled');
  });

  it('goes on with smaller zooms where the device gave up again and again', async () => {
    const stopped: Trace = {
      ...trace,
      steps: [trace.steps[0]!, { ...trace.steps[1]!, observation: null }],
      verdict: { ...trace.verdict, status: 'failed', errors: [{ code: 'device-lost-repeatedly', message: 'x' }] },
    };
    const studio = await inspected(stopped);
    studio.store.setState((state) => ({
      current: { ...state.current!, askedFor: { ...state.current!.askedFor!, modelSha256: undefined as never } },
    }));
    let job: InspectJob | null = null;
    studio.engine.inspect = (given) => {
      job = given;
      return Promise.resolve(trace);
    };
    await resumeInspection(studio, { hasSmallerCrops: true });
    expect(job).toMatchObject({ from: { after: 's1' }, hasSmallerCrops: true });
  });

  it('that its page cut off knows what it was asked when it is opened again; a failed attempt loses nothing', async () => {
    const studio = createTestStudio();
    studio.engine.inspect = (_job, tell) => {
      tell({ type: 'step-finished', step: trace.steps[0]! });
      return Promise.reject(new Error('the page was closed'));
    };
    await addFiles(studio, [new File(['part'], 'part.png')]);
    await expect.poll(() => studio.store.getState().inspecting).toBeNull();
    await openRun(studio, current(studio).runId);
    expect(current(studio)).toMatchObject({ cutOff: true, askedFor: { mode: 'pz' } });
    await resumeInspection(studio);
    expect((await studio.storage.loadRun(current(studio).runId))!.stored.steps).toHaveLength(2);
    expect(current(studio).problem).not.toBeNull();
  });
});
