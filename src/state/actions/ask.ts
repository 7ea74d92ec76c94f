/** Questions asked of the inspection on the stage: it goes another way from a step on, as a branch kept in its trace. */
import type { MadeBranch } from '@agentiad/core/agent/askAgain.ts';
import type { Question } from '@agentiad/core/agent/question.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { imagesAfter, runOfBranch, stepsUpTo } from '@agentiad/core/replay/branches.ts';
import { runOfTrace, stepKind, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import type { Asked } from '../../runtime/askMessages.ts';
import { problemOf } from '../../runtime/messages.ts';
import { stepToAskAfter, whyNotAsk } from '../askable.ts';
import { addNotice, guarded, readFile, type StudioContext } from '../context.ts';
import type { Asking, Current } from '../studioState.ts';
import { beginLive, claimOrTell, updateLive } from './claim.ts';
import { wantPictures } from './images.ts';
import { jobFor } from './job.ts';
import { followRun, shownRun } from './liveRun.ts';
import { keepRun } from './room.ts';

/** `after`: step of the inspection itself to leave it after, see `stepToAskAfter`; null: before the first. */
export type AskRequest = (Question | { readonly kind: 'sweep' }) & { readonly after: string | null };

/** Does nothing while `whyNotAsk` has a reason. Ends with the branch on the stage, or with a notice. */
export async function askAgain(context: StudioContext, { after, ...asked }: AskRequest): Promise<void> {
  const { store, host } = context;
  const { current } = store.getState();
  if (!current?.trace || whyNotAsk(store.getState()) !== null) return;
  const claim = claimOrTell(context);
  if (!claim) return;
  const { runId, trace } = current;
  try {
    const steps = stepsUpTo(trace.steps, after);
    const images = imagesAfter(trace.images, steps);
    const run = { ...runOfTrace(trace), steps, images, verdict: null };
    beginLive(context, { ...current, run, branch: null, activity: 'running' });
    context.playhead.reset({ live: true, turns: turnCount(run), t: turnCount(run) });
    setAsking(context, { runId, kind: asked.kind, done: 0, total: null, isStopping: false });
    await host.holdRun(runId, async () => {
      const made = await ask(context, { ...current, run }, trace, asked, after);
      await keepBranch(context, current, trace, made);
    });
  } catch (error) {
    addNotice(context, problemOf(error, current.name));
    updateLive(context, runId, { ...current });
    if (shownRun(context, runId)) context.playhead.setLength(turnCount(current.run));
  } finally {
    setAsking(context, null);
    claim.release();
  }
}

async function ask(
  context: StudioContext,
  begun: Current,
  trace: Trace,
  asked: Asked,
  after: string | null,
): Promise<MadeBranch> {
  const { engine, host } = context;
  const bytes = await readFile(context, begun.sha256);
  if (!bytes || !begun.askedFor) throw new Error('the question was asked without its image');
  const { onEvent } = followRun(context, begun.runId, begun.run);
  const { images, steps, assets, firstBelief, verdict } = trace;
  const stored = { images, steps, assets, verdict, ...(firstBelief !== undefined && { firstBelief }) };
  const asking = engine.ask(
    { ...jobFor(context, begun, begun.askedFor, bytes), runId: host.newId() },
    { from: { stored, modelSha256: verdict.model.sha256, after }, asked },
    onEvent,
    (done, total) => {
      const { asking } = context.store.getState();
      if (asking) setAsking(context, { ...asking, done, total });
    },
    (sha256) => readFile(context, sha256),
  );
  stopIfAsked(context);
  return asking;
}

/** Stop may have been asked for before there was anything to stop. */
export function stopIfAsked({ store, engine }: StudioContext): void {
  const { asking, inspecting } = store.getState();
  if (asking?.isStopping || inspecting?.live?.activity === 'stopping') engine.stop();
}

/** Stores the trace with its new branch, then shows it; a branch stopped before its first step is none. */
async function keepBranch(context: StudioContext, before: Current, trace: Trace, made: MadeBranch): Promise<void> {
  const { branch, assets } = made;
  if (branch.steps.length === 0) return updateLive(context, before.runId, { ...before });
  const grown = await growTrace(context, before.runId, trace, (now) => ({
    ...now,
    assets: { ...now.assets, ...assets },
    branches: [...(now.branches ?? []), branch],
  }));
  const run = runOfBranch(grown, branch.id);
  updateLive(context, before.runId, { activity: 'open', trace: grown, run, branch: branch.id });
  const shown = shownRun(context, before.runId);
  if (!shown) return;
  context.playhead.setLength(turnCount(run));
  wantPictures(context, shown);
}

/**
 * Adds to what is stored under a run, which may have grown in another tab meanwhile: call it while the run is held.
 * `shown` is what there was on the stage. Returns the grown trace.
 */
export async function growTrace(
  context: StudioContext,
  runId: string,
  shown: Trace,
  grow: (trace: Trace) => Trace,
): Promise<Trace> {
  const { store, storage, unsaved } = context;
  const found = unsaved.get(runId) ?? (await guarded(context, 'This inspection', () => storage.loadRun(runId)));
  const { verdict, ...rest } = found?.stored ?? shown;
  const grown = grow(verdict ? { ...rest, verdict, assets: { ...shown.assets, ...rest.assets } } : shown);
  const record = found?.run ?? store.getState().history.find(({ id }) => id === runId);
  if (record) await keepRun(context, record, grown);
  return grown;
}

export function setAsking({ store }: StudioContext, asking: Asking | null): void {
  store.setState({ asking });
}

/** Ends what is being asked: a sweep keeps what it saw, checks keep those that are done. */
export function stopAsking(context: StudioContext): void {
  const { asking } = context.store.getState();
  if (!asking || asking.isStopping) return;
  context.engine.stop();
  setAsking(context, { ...asking, isStopping: true });
}

/**
 * Shows the agent another good part: in the place of the one that step `turn` fetched, else after that step; it goes on
 * from there.
 */
export async function swapExemplar(context: StudioContext, turn: number, exemplarId: string): Promise<void> {
  const { current } = context.store.getState();
  if (!current) return;
  const step = current.trace?.steps[turn - 1];
  const replaced = current.branch === null && step !== undefined && stepKind(step) === 'compare';
  const after = stepToAskAfter(current, replaced ? turn - 1 : turn);
  await askAgain(context, { kind: 'swapped', exemplarId, after });
}
