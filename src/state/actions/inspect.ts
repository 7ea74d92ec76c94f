/** Runs inspections: one at a time, stoppable at any time. */
import type { AskedFor } from '../../storage/schema.ts';
import type { StudioContext } from '../context.ts';
import { EMPTY_RUN } from '@agentiad/core/replay/runSoFar.ts';
import { modeFor, type Current, type PartMeta, type StudioState } from '../studioState.ts';
import { partFieldsFor } from '../partFields.ts';
import { recipeById, recipeFor } from '../recipes.ts';
import { keptThresholds } from '../thresholds.ts';
import { beginLive, claimOrTell, updateLive, type Claim } from './claim.ts';
import { takeKept, type TakenImage } from './images.ts';
import { keepWaiting } from './keepRecipe.ts';
import { makeRun } from './makeRun.ts';
import { exemplarsSettled } from './recipeExemplars.ts';
import { leaveSample } from './settings.ts';
import { enqueue, keepPlace, listQueued, removeQueued } from './waiting.ts';
import { windowSettled } from './windowLevel.ts';

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
  recipeId: string | null = null,
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
    mode: modeFor(store.getState(), category, recipeAsked(store.getState(), category, recipeId)),
    origin: 'live',
    activity: 'waiting',
    run: EMPTY_RUN,
    branch: null,
    trace: null,
    askedFor: null,
    cutOff: false,
    problem: null,
  };
  try {
    beginLive(context, begun);
    if (!(await mayStart(context, begun))) return;
    await Promise.all([exemplarsSettled(context), keepWaiting(context)]);
    const askedFor = askedNow(store.getState(), begun, meta, recipeId);
    const asked = { ...begun, ...(askedFor && { mode: askedFor.mode }), askedFor };
    updateLive(context, begun.runId, { activity: 'running', askedFor, mode: asked.mode });
    await host.holdRun(begun.runId, () => makeRun(context, asked, image.bytes));
  } finally {
    claim.release();
  }
}

/**
 * What a new inspection is asked, all of it as it is at this one moment: the category, its recipe with its mode, or
 * thresholds, and the loaded model. `recipeId`: see `recipeAsked`.
 */
function askedNow(
  state: StudioState,
  { category, name, sha256 }: Current,
  { windowLevel }: PartMeta,
  recipeId: string | null,
): AskedFor | null {
  if (state.engine.state !== 'ready') return null;
  const recipe = recipeAsked(state, category, recipeId);
  const types = recipe?.types ?? state.categories.find((known) => known.name === category)?.types ?? [];
  const { t1, t2 } = recipe ?? keptThresholds(state, category);
  const modelSha256 = state.engine.info.card.sha256;
  const part = partFieldsFor(state, { name, sha256 }, recipe);
  const mode = modeFor(state, category, recipe);
  const asked = { mode, types, thresholds: { t1, t2 }, seed: SEED, modelSha256, recipe, part };
  return { ...asked, ...(windowLevel && { windowLevel }) };
}

/** The recipe an image was put aside with, as long as it exists, else the one in use. */
const recipeAsked = (state: StudioState, category: string | null, recipeId: string | null) =>
  recipeById(state, category, recipeId) ?? recipeFor(state, category);

/** Waits for the model. False when it failed, when stop was asked for, or when the image left the stage meanwhile. */
async function mayStart(context: StudioContext, begun: Current): Promise<boolean> {
  const { runId, category } = begun;
  const isLoading = context.store.getState().engine.state === 'loading';
  const kept = isLoading ? await keepPlace(context, begun, category) : null;
  const { engine, current } = await waited(context, runId);
  const { live } = context.store.getState().inspecting ?? {};
  if (live && current?.runId !== runId) {
    if (kept) listQueued(context, kept);
    else await enqueue(context, live, category);
    return false;
  }
  if (kept) await removeQueued(context, kept.id);
  if (!live || !current) return false;
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
  if (current?.activity === 'running') stopLive(context);
}

/** Ends the inspection being made, on the stage or not, at the next token. */
export function stopLive(context: StudioContext): void {
  const { live } = context.store.getState().inspecting ?? {};
  if (live?.activity !== 'running') return;
  context.engine.stop();
  updateLive(context, live.runId, { activity: 'stopping' });
}

/** Empties the stage for another part, unless it is being inspected; one that only waits joins the waiting ones. */
export function clearStage(context: StudioContext): void {
  const { store } = context;
  const activity = store.getState().current?.activity;
  if (activity !== 'open' && activity !== 'waiting') return;
  store.setState({ current: null, selected: null });
  leaveSample(context);
}

/** Inspects the part on the stage again, as the category and mode chosen now. */
export async function inspectAgain(context: StudioContext): Promise<void> {
  const { current, category } = context.store.getState();
  if (!current?.hasFile || current.activity !== 'open') return;
  const claim = claimOrTell(context);
  if (!claim) return;
  try {
    await windowSettled(context);
    const image = await takeKept(context, current);
    if (image) await inspectImage(context, claim, image, category);
  } finally {
    claim.release();
  }
}
