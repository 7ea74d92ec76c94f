/** Questions asked of the inspection on the stage: it goes another way from a step on, as a branch kept in its trace. */
import type { MadeBranch } from '@agentiad/core/agent/askAgain.ts';
import type { Question } from '@agentiad/core/agent/question.ts';
import type { Trace, TraceBranch } from '@agentiad/core/protocol/trace.ts';
import { imagesAfter, runOfBranch, stepsUpTo } from '@agentiad/core/replay/branches.ts';
import { runOfTrace, stepKind, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import type { Asked } from '../../runtime/askMessages.ts';
import { problemOf } from '../../runtime/messages.ts';
import { stepToAskAfter, whyNotAsk } from '../askable.ts';
import { addNotice, readFile, type StudioContext } from '../context.ts';
import type { Asking, Current } from '../studioState.ts';
import { beginLive, claimOrTell, updateLive } from './claim.ts';
import { wantPictures } from './images.ts';
import { jobFor } from './job.ts';
import { createBranchKeeper, type BranchKeeper } from './keepBranch.ts';
import { followRun, shownRun } from './liveRun.ts';

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
  let keeper = null as BranchKeeper | null;
  try {
    const steps = stepsUpTo(trace.steps, after);
    const images = imagesAfter(trace.images, steps);
    const run = { ...runOfTrace(trace), steps, images, verdict: null };
    beginLive(context, { ...current, run, branch: null, activity: 'running' });
    context.playhead.reset({ live: true, turns: turnCount(run), t: turnCount(run) });
    setAsking(context, { runId, kind: asked.kind, done: 0, total: null, isStopping: false });
    await host.holdRun(runId, async () => {
      const named = { id: host.newId(), kind: asked.kind, after };
      keeper = await createBranchKeeper(context, { current, trace, begun: run, named });
      const made = await ask(context, { ...current, run }, { trace, asked, named, keeper });
      await endBranch(context, current, made, keeper);
    });
  } catch (error) {
    addNotice(context, problemOf(error, current.name));
    updateLive(context, runId, { ...current, trace: (await keeper?.kept()) ?? trace });
    if (shownRun(context, runId)) context.playhead.setLength(turnCount(current.run));
  } finally {
    setAsking(context, null);
    claim.release();
  }
}

async function ask(
  context: StudioContext,
  begun: Current,
  question: {
    readonly trace: Trace;
    readonly asked: Asked;
    readonly named: Pick<TraceBranch, 'id' | 'after'>;
    readonly keeper: BranchKeeper;
  },
): Promise<MadeBranch> {
  const { engine } = context;
  const { trace, asked, named, keeper } = question;
  const bytes = await readFile(context, begun.sha256);
  if (!bytes || !begun.askedFor) throw new Error('the question was asked without its image');
  const { onEvent } = followRun(context, begun.runId, begun.run, (soFar) => keeper.keepSoFar(soFar));
  const { images, steps, assets, firstBelief, verdict } = trace;
  const stored = { images, steps, assets, verdict, ...(firstBelief !== undefined && { firstBelief }) };
  const asking = engine.ask(
    { ...jobFor(context, begun, begun.askedFor, bytes), runId: named.id },
    { from: { stored, modelSha256: verdict.model.sha256, after: named.after }, asked },
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

/** Shows the branch as it was kept; one stopped before its first step is none. */
async function endBranch(
  context: StudioContext,
  before: Current,
  made: MadeBranch,
  keeper: BranchKeeper,
): Promise<void> {
  const { branch } = made;
  if (branch.steps.length === 0) return updateLive(context, before.runId, { ...before });
  const grown = await keeper.keep(made);
  const run = runOfBranch(grown, branch.id);
  updateLive(context, before.runId, { activity: 'open', trace: grown, run, branch: branch.id });
  const shown = shownRun(context, before.runId);
  if (!shown) return;
  context.playhead.setLength(turnCount(run));
  wantPictures(context, shown);
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
