/** One inspection being made: what the worker tells is shown as it comes and written through after every step. */
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { runOfTrace, turnCount, type RunSoFar } from '@agentiad/core/replay/runSoFar.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import type { FromJob } from '../../runtime/askMessages.ts';
import { problemOf } from '../../runtime/messages.ts';
import { factsOfAsking, factsOfVerdict } from '../../storage/runFacts.ts';
import type { RunRecord } from '../../storage/schema.ts';
import { askedForOf, type StoredRun } from '../../storage/tracePacking.ts';
import { addNotice, readFile, type StudioContext } from '../context.ts';
import { newExemplars, withTimed } from '../expectedTime.ts';
import type { Current } from '../studioState.ts';
import { verdictSummary } from '../words.ts';
import { updateLive } from './claim.ts';
import { wantPictures } from './images.ts';
import { jobFor } from './job.ts';
import { followRun, shownRun } from './liveRun.ts';
import { keepRun } from './room.ts';

/** What an inspection that goes on has behind it. */
export interface Earlier {
  readonly from: FromJob;
  readonly before: Trace | null;
  readonly hasSmallerCrops: boolean;
}

/** Makes the inspection `begun` in the worker, from `begun.run` on, and stores it after every finished step. */
export async function makeRun(
  context: StudioContext,
  begun: Current,
  bytes: ArrayBuffer,
  earlier: Earlier | null = null,
): Promise<void> {
  const { store, engine, playhead, host } = context;
  const started = host.now().getTime();
  // In turn: progress that is slow to be stored, or refused, must not take the place of the result.
  let saved = Promise.resolve();
  const save = (status: RunRecord['status'], trace: Trace | null, soFar: RunSoFar) => {
    const progress = {
      status,
      trace,
      soFar,
      before: earlier?.before ?? null,
      durationMs: host.now().getTime() - started,
    };
    return (saved = saved.then(() => saveRun(context, begun, progress)));
  };
  const fresh = newExemplars(store.getState(), begun.category);
  const { onEvent, soFar } = followRun(context, begun.runId, begun.run, (run) => void save('running', null, run));
  await save('running', null, soFar());
  let ended: { readonly trace: Trace; readonly ms: number } | null = null;
  try {
    assert(begun.askedFor, 'the inspection was started without knowing what to ask');
    const job = jobFor(context, begun, begun.askedFor, bytes);
    const goingOn = { from: earlier?.from ?? null, hasSmallerCrops: earlier?.hasSmallerCrops ?? false };
    const created = earlier ? createdOf(context, begun.runId) : null;
    const read = (sha256: string) => readFile(context, sha256);
    const making = engine.inspect({ ...job, ...goingOn, created }, onEvent, read);
    // Stop may have been asked for before there was anything to stop.
    if (store.getState().inspecting?.live?.activity === 'stopping') engine.stop();
    const made = await making;
    const trace = earlier?.before ? withQuestions(made, earlier.before) : made;
    const ms = host.now().getTime() - started;
    // Stored before it is shown: a verdict that was seen survives a reload.
    await save(trace.verdict.status, trace, soFar());
    onEvent({ type: 'finished', trace });
    updateLive(context, begun.runId, { activity: 'open', trace, askedFor: askedForOf(trace, begun.askedFor?.recipe) });
    ended = { trace, ms };
    void host.keepData();
  } catch (error) {
    const problem = problemOf(error, begun.name);
    const before = earlier?.before;
    if (before) {
      // It could not go on: what was there is worth more than the attempt.
      addNotice(context, problem);
      updateLive(context, begun.runId, { activity: 'open', trace: before, run: runOfTrace(before) });
      await save(before.verdict.status, before, soFar());
    } else {
      updateLive(context, begun.runId, { activity: 'open', cutOff: earlier !== null, problem });
      await save(earlier ? 'interrupted' : 'failed', null, soFar());
    }
  }
  if (ended && !earlier && begun.origin === 'live') noteTime(context, begun, ended.trace, fresh, ended.ms);
  const current = shownRun(context, begun.runId);
  if (!current) return;
  playhead.setLength(turnCount(current.run));
  wantPictures(context, current);
}

/** What it took tells what the next one will. */
function noteTime({ store }: StudioContext, begun: Current, trace: Trace, fresh: number, ms: number): void {
  const { category, askedFor } = begun;
  const recipe = askedFor?.recipe ? `${askedFor.recipe.id}@${askedFor.recipe.version}` : null;
  const about = { category, recipe, seconds: ms / 1000, newExemplars: fresh };
  store.setState(({ timed }) => ({ timed: withTimed(timed, trace, about) }));
}

/** Questions asked of an inspection that had stopped stay with it when it goes on. */
function withQuestions(made: Trace, { branches, assets }: Trace): Trace {
  return branches ? { ...made, branches, assets: { ...assets, ...made.assets } } : made;
}

function createdOf({ store }: StudioContext, runId: string): string | null {
  return store.getState().history.find(({ id }) => id === runId)?.created ?? null;
}

interface Progress {
  readonly status: RunRecord['status'];
  readonly trace: Trace | null;
  readonly soFar: RunSoFar;
  /** The trace that this goes on from. */
  readonly before: Trace | null;
  readonly durationMs: number;
}

async function saveRun(context: StudioContext, begun: Current, { status, trace, soFar, before, durationMs }: Progress) {
  const verdict = trace?.verdict ?? null;
  const record: RunRecord = {
    id: begun.runId,
    created: verdict?.created ?? createdOf(context, begun.runId) ?? context.host.now().toISOString(),
    status,
    origin: 'live',
    name: begun.name,
    category: begun.category,
    imageSha256: begun.sha256,
    ...(verdict ? factsOfVerdict(verdict) : factsOfAsking(begun.askedFor)),
    summary: verdict ? verdictSummary(verdict) : status === 'failed' ? 'Failed' : 'Not finished',
    durationMs: Math.round(durationMs),
  };
  const { images, assets, steps, firstBelief } = soFar;
  const stored: StoredRun = trace ?? {
    schema: 'agentiad-trace/1',
    verdict: null,
    ...(begun.askedFor && { askedFor: begun.askedFor }),
    prompt: { system: '', user: '' },
    images,
    steps,
    assets: { ...before?.assets, ...assets },
    ...(before?.branches && { branches: before.branches }),
    ...(firstBelief !== null && { firstBelief }),
  };
  await keepRun(context, record, stored);
  context.store.setState(({ history }) => ({
    history: history.some(({ id }) => id === record.id)
      ? history.map((other) => (other.id === record.id ? record : other))
      : [record, ...history],
  }));
}
