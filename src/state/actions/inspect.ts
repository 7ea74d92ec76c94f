/** Runs inspections: one at a time, written through after every finished step, stoppable at any time. */
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { problemOf, type RunEvent } from '../../runtime/messages.ts';
import type { RunRecord } from '../../storage/schema.ts';
import type { StoredRun } from '../../storage/tracePacking.ts';
import { guarded, readFile, type StudioContext } from '../context.ts';
import { applyEvent, EMPTY_RUN, turnCount } from '../replay.ts';
import { exemplarsOf, modeFor, type Current } from '../studioState.ts';
import { verdictSummary } from '../words.ts';
import { takeImage, wantPictures, type TakenImage } from './images.ts';
import { keepRun } from './room.ts';

const SEED = 0;

/** Puts `image` on the stage and inspects it as soon as the model is ready. */
export async function inspectImage(context: StudioContext, image: TakenImage, category: string | null): Promise<void> {
  const { store, host, playhead } = context;
  const { meta } = image;
  const current: Current = {
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
    trace: null,
    cutOff: false,
    problem: null,
  };
  playhead.reset({ live: true, turns: 0, t: 0 });
  store.setState({ current, selected: null, drawer: null });
  if (await engineReady(context, current.runId)) await host.holdRun(current.runId, () => run(context, current, image));
}

/** Waits for the model. False when it failed, or when another image took the stage meanwhile. */
function engineReady({ store }: StudioContext, runId: string): Promise<boolean> {
  return new Promise((resolve) => {
    const check = () => {
      const { engine, current } = store.getState();
      if (current?.runId === runId && engine.state === 'loading') return;
      unsubscribe();
      resolve(current?.runId === runId && engine.state === 'ready');
    };
    const unsubscribe = store.subscribe(check);
    check();
  });
}

async function run(context: StudioContext, begun: Current, image: TakenImage): Promise<void> {
  const { store, engine, playhead, host } = context;
  const started = host.now().getTime();
  const update = (change: (current: Current) => Partial<Current>) =>
    store.setState(({ current }) =>
      current?.runId === begun.runId ? { current: { ...current, ...change(current) } } : {},
    );
  // The record is kept here, not read back from the page: the user may open another run meanwhile.
  let soFar = EMPTY_RUN;
  const save = (status: RunRecord['status'], trace: Trace | null) =>
    saveRun(context, begun, { status, trace, soFar, durationMs: host.now().getTime() - started });
  const onEvent = (event: RunEvent) => {
    soFar = applyEvent(soFar, event);
    update(() => ({ run: soFar }));
    const shown = store.getState().current;
    if (shown?.runId !== begun.runId) return;
    if (event.type === 'image') wantPictures(context, shown);
    if (event.type === 'step-finished') {
      playhead.setLength(turnCount(soFar));
      void save('running', null);
    }
  };
  update(() => ({ activity: 'running' }));
  await save('running', null);
  try {
    const state = store.getState();
    const exemplars = exemplarsOf(state, begun.category);
    const trace = await engine.inspect(
      {
        runId: begun.runId,
        bytes: image.bytes,
        name: begun.name,
        category: begun.category,
        types: state.categories.find((known) => known.name === begun.category)?.types ?? [],
        mode: begun.mode,
        library: begun.category !== null && exemplars.length > 0 ? { category: begun.category, exemplars } : null,
        thresholds: DEFAULT_THRESHOLDS,
        seed: SEED,
        recipe: null,
      },
      onEvent,
      (sha256) => readFile(context, sha256),
    );
    onEvent({ type: 'finished', trace });
    update(() => ({ activity: 'open', trace }));
    await save(trace.verdict.status, trace);
    host.keepData();
  } catch (error) {
    update(() => ({ activity: 'open', problem: problemOf(error, begun.name) }));
    await save('failed', null);
  }
  const shown = store.getState().current;
  if (shown?.runId === begun.runId) {
    playhead.setLength(turnCount(shown.run));
    wantPictures(context, shown);
  }
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
    label: verdict?.status === 'complete' ? verdict.verdict.label : null,
    score: verdict?.verdict.score ?? null,
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

/** Asks the running inspection to end at the next token; what was seen is kept. */
export function stopInspection({ store, engine }: StudioContext): void {
  const { current } = store.getState();
  if (current?.activity !== 'running') return;
  engine.stop();
  store.setState({ current: { ...current, activity: 'stopping' } });
}

/** Inspects the part on the stage again, as the category and mode chosen now. */
export async function inspectAgain(context: StudioContext): Promise<void> {
  const { current, category } = context.store.getState();
  if (!current?.hasFile || current.activity !== 'open') return;
  const bytes = await guarded(context, current.name, () => readFile(context, current.sha256));
  const image = bytes && (await takeImage(context, new File([bytes], current.name)));
  if (image) await inspectImage(context, image, category);
}
