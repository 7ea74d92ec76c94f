/** Runs inspections: one at a time, written through after every finished step, stoppable at any time. */
import type { RunEvent } from '@agentiad/core/protocol/events.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { problemOf } from '../../runtime/messages.ts';
import { factsOfVerdict } from '../../storage/runFacts.ts';
import type { RunRecord } from '../../storage/schema.ts';
import type { StoredRun } from '../../storage/tracePacking.ts';
import { readFile, type StudioContext } from '../context.ts';
import { applyEvent, EMPTY_RUN, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { exemplarsOf, modeFor, type Current, type StudioState } from '../studioState.ts';
import { thresholdsOf } from '../thresholds.ts';
import { verdictSummary } from '../words.ts';
import { beginLive, claimOrTell, updateLive, type Claim } from './claim.ts';
import { takeKept, wantPictures, type TakenImage } from './images.ts';
import { keepRun } from './room.ts';
import { enqueue } from './waiting.ts';

const SEED = 0;

/**
 * Puts `image` on the stage and inspects it as soon as the model is ready; lets go of the claim at the end. An image
 * that leaves the stage before that joins the waiting ones.
 */
export async function inspectImage(
  context: StudioContext,
  claim: Claim,
  image: TakenImage,
  category: string | null,
): Promise<void> {
  const { store, host } = context;
  const { meta } = image;
  const begun: Current = {
    runId: host.newId(),
    hasFile: true,
    name: meta.name,
    sha256: meta.sha256,
    size: { width: meta.width, height: meta.height },
    category,
    mode: modeFor(store.getState(), category),
    origin: 'live',
    activity: 'waiting',
    run: EMPTY_RUN,
    branch: null,
    trace: null,
    cutOff: false,
    problem: null,
  };
  try {
    beginLive(context, begun);
    if (!(await mayStart(context, begun))) return;
    updateLive(context, begun.runId, { activity: 'running' });
    await host.holdRun(begun.runId, () => run(context, begun, image));
  } finally {
    claim.release();
  }
}

/** Waits for the model. False when it failed, when stop was asked for, or when the image left the stage meanwhile. */
async function mayStart(context: StudioContext, { runId, category }: Current): Promise<boolean> {
  const { engine, current } = await waited(context, runId);
  const { live } = context.store.getState().inspecting ?? {};
  if (!live) return false;
  if (current?.runId !== runId) {
    await enqueue(context, live, category);
    return false;
  }
  if (engine.state === 'failed') updateLive(context, runId, { activity: 'open', problem: engine.problem });
  return engine.state === 'ready' && current.activity === 'waiting';
}

/** The state as soon as there is nothing to wait for. */
function waited({ store }: StudioContext, runId: string): Promise<StudioState> {
  return new Promise((resolve) => {
    const check = () => {
      const state = store.getState();
      if (state.current?.runId === runId && state.current.activity === 'waiting' && state.engine.state === 'loading')
        return;
      unsubscribe();
      resolve(state);
    };
    const unsubscribe = store.subscribe(check);
    check();
  });
}

async function run(context: StudioContext, begun: Current, image: TakenImage): Promise<void> {
  const { store, engine, playhead, host } = context;
  const started = host.now().getTime();
  const shown = () => {
    const { current } = store.getState();
    return current?.runId === begun.runId ? current : null;
  };
  let soFar = EMPTY_RUN;
  // In turn: progress that is slow to be stored, or refused, must not take the place of the result.
  let saved = Promise.resolve();
  const save = (status: RunRecord['status'], trace: Trace | null) => {
    const progress = { status, trace, soFar, durationMs: host.now().getTime() - started };
    return (saved = saved.then(() => saveRun(context, begun, progress)));
  };
  let isShownSoon = false;
  const showSoon = () => {
    if (isShownSoon) return;
    isShownSoon = true;
    host.nextFrame(() => {
      isShownSoon = false;
      updateLive(context, begun.runId, { run: soFar });
    });
  };
  const onEvent = (event: RunEvent) => {
    soFar = applyEvent(soFar, event);
    // Tokens come faster than they can be drawn; everything else is shown at once.
    if (event.type === 'text') return showSoon();
    updateLive(context, begun.runId, { run: soFar });
    // Kept whatever the stage shows meanwhile.
    if (event.type === 'step-finished') void save('running', null);
    const current = shown();
    if (!current) return;
    if (event.type === 'image') wantPictures(context, current);
    if (event.type === 'step-finished') playhead.setLength(turnCount(soFar));
  };
  await save('running', null);
  try {
    const state = store.getState();
    const exemplars = exemplarsOf(state, begun.category);
    const making = engine.inspect(
      {
        runId: begun.runId,
        bytes: image.bytes,
        name: begun.name,
        category: begun.category,
        types: state.categories.find((known) => known.name === begun.category)?.types ?? [],
        mode: begun.mode,
        library: begun.category !== null && exemplars.length > 0 ? { category: begun.category, exemplars } : null,
        thresholds: thresholdsOf(state, begun.category),
        seed: SEED,
        recipe: null,
      },
      onEvent,
      (sha256) => readFile(context, sha256),
    );
    // Stop may have been asked for before there was anything to stop.
    if (state.inspecting?.live?.activity === 'stopping') engine.stop();
    const trace = await making;
    // Stored before it is shown: a verdict that was seen survives a reload.
    await save(trace.verdict.status, trace);
    onEvent({ type: 'finished', trace });
    updateLive(context, begun.runId, { activity: 'open', trace });
    void host.keepData();
  } catch (error) {
    updateLive(context, begun.runId, { activity: 'open', problem: problemOf(error, begun.name) });
    await save('failed', null);
  }
  const current = shown();
  if (!current) return;
  playhead.setLength(turnCount(current.run));
  wantPictures(context, current);
}

interface Progress {
  readonly status: RunRecord['status'];
  readonly trace: Trace | null;
  readonly soFar: typeof EMPTY_RUN;
  readonly durationMs: number;
}

async function saveRun(context: StudioContext, begun: Current, { status, trace, soFar, durationMs }: Progress) {
  const verdict = trace?.verdict ?? null;
  const record: RunRecord = {
    id: begun.runId,
    created: verdict?.created ?? context.host.now().toISOString(),
    status,
    origin: 'live',
    name: begun.name,
    category: begun.category,
    imageSha256: begun.sha256,
    ...factsOfVerdict(verdict),
    summary: verdict ? verdictSummary(verdict) : status === 'failed' ? 'Failed' : 'Not finished',
    durationMs: Math.round(durationMs),
  };
  const { images, assets, steps } = soFar;
  const stored: StoredRun = trace ?? {
    schema: 'agentiad-trace/1',
    verdict: null,
    prompt: { system: '', user: '' },
    images,
    steps,
    assets,
  };
  await keepRun(context, record, stored);
  context.store.setState(({ history }) => ({
    history: [record, ...history.filter((other) => other.id !== record.id)],
  }));
}

/** Ends the inspection on the stage: at the next token, keeping what was seen, or before it has begun. */
export function stopInspection(context: StudioContext): void {
  const { current } = context.store.getState();
  if (current?.activity === 'waiting')
    updateLive(context, current.runId, {
      activity: 'open',
      problem: {
        code: 'stopped-early',
        subject: current.name,
        reason: 'It was stopped before the model was ready.',
        remedy: 'Inspect it again when you want to.',
      },
    });
  if (current?.activity !== 'running') return;
  context.engine.stop();
  updateLive(context, current.runId, { activity: 'stopping' });
}

/** Empties the stage for another part, unless it is being inspected; one that only waits joins the waiting ones. */
export function clearStage({ store }: StudioContext): void {
  const activity = store.getState().current?.activity;
  if (activity === 'open' || activity === 'waiting') store.setState({ current: null, selected: null });
}

/** Inspects the part on the stage again, as the category and mode chosen now. */
export async function inspectAgain(context: StudioContext): Promise<void> {
  const { current, category } = context.store.getState();
  if (!current?.hasFile || current.activity !== 'open') return;
  const claim = claimOrTell(context);
  if (!claim) return;
  try {
    const image = await takeKept(context, current);
    if (image) await inspectImage(context, claim, image, category);
  } finally {
    claim.release();
  }
}
