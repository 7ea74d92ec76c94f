/** The human decision: made with one key, kept beside the verdict that it cites by its fingerprint, undone and redone. */
import { hashVerdict } from '@agentiad/core/protocol/hashVerdict.ts';
import type { HumanDecision, Verdict } from '@agentiad/core/protocol/verdict.ts';
import type { DecisionRecord } from '../../storage/schema.ts';
import { guarded, type StudioContext } from '../context.ts';
import { acceptedAs, decidedOnAnother, neighbourOf, nextUndecided } from '../decisions.ts';
import type { Change } from '../change.ts';
import type { StudioState } from '../studioState.ts';
import { putDecision, readDecisions } from './changes.ts';
import { openRun } from './traces.ts';

/** The verdict on the stage that can be decided; null while there is none, and for what came of a question. */
export function decidable({ current }: Pick<StudioState, 'current'>): Verdict | null {
  return current?.activity === 'open' && current.branch === null ? (current.trace?.verdict ?? null) : null;
}

/** Decides the run on the stage; the same decision again leaves it as it is, unless the verdict changed. */
export async function decide(context: StudioContext, decision: HumanDecision['decision']): Promise<void> {
  await decideAs(context, decision, false);
}

/** Takes over what the agent said. */
export async function acceptVerdict(context: StudioContext): Promise<void> {
  const verdict = decidable(context.store.getState());
  const accepted = verdict && acceptedAs(verdict);
  if (accepted) await decideAs(context, accepted, true);
}

/** Decides a run of the history, which need not be on the stage; nothing for one without a verdict. */
export async function decideRun(
  context: StudioContext,
  runId: string,
  decision: HumanDecision['decision'],
): Promise<void> {
  const { unsaved, storage } = context;
  const found = unsaved.get(runId) ?? (await guarded(context, 'This inspection', () => storage.loadRun(runId)));
  if (found?.stored.verdict) await keepDecision(context, { runId, verdict: found.stored.verdict }, decision, false);
}

async function decideAs(context: StudioContext, decision: HumanDecision['decision'], accepted: boolean): Promise<void> {
  const { store, preferences } = context;
  const { current } = store.getState();
  const verdict = decidable({ current });
  if (!current || !verdict) return;
  await keepDecision(context, { runId: current.runId, verdict }, decision, accepted);
  if (!preferences.getState().autoAdvance) return;
  const next = nextUndecided(store.getState(), current.runId);
  if (next) await openRun(context, next.id);
}

async function keepDecision(
  context: StudioContext,
  { runId, verdict }: { readonly runId: string; readonly verdict: Verdict },
  decision: HumanDecision['decision'],
  accepted: boolean,
): Promise<void> {
  const before = await latestDecision(context, runId);
  const isSame = before?.decision === decision && before.accepted === accepted;
  if (!isSame || decidedOnAnother(verdict, before)) {
    const type = decision === 'defect' ? (before?.type ?? (accepted ? saidType(verdict) : null)) : null;
    await change(context, runId, {
      ...stamp(context, runId),
      verdictSha256: hashVerdict(verdict),
      decision,
      accepted,
      type,
      note: before?.note ?? null,
    });
  }
}

/** Adds kind of defect or note to the decision on the stage, which stays one on the verdict that it was made on. */
export async function amendDecision(
  context: StudioContext,
  amendment: Partial<Pick<HumanDecision, 'type' | 'note'>>,
): Promise<void> {
  const { current } = context.store.getState();
  const before = current && (await latestDecision(context, current.runId));
  if (!before || !current.trace) return;
  const after = { ...before, ...amendment };
  if (after.type === before.type && after.note === before.note) return;
  await change(context, current.runId, { ...after, ...stamp(context, current.runId) });
}

/** Who decides from now on; the decision on the stage is signed with it too. */
export async function signDecisions(context: StudioContext, author: string): Promise<void> {
  context.preferences.setState({ author });
  const { current } = context.store.getState();
  const before = current && (await latestDecision(context, current.runId));
  if (before && before.author !== author) await change(context, current.runId, { ...before, author });
}

/** Leaves the run undecided again. */
export async function clearDecision(context: StudioContext): Promise<void> {
  const { current } = context.store.getState();
  if (current && (await latestDecision(context, current.runId))) await change(context, current.runId, null);
}

/** A decision that came with an imported trace; it keeps its author and time. */
export async function keepImportedDecision(context: StudioContext, runId: string, verdict: Verdict): Promise<void> {
  if (!verdict.human) return;
  const { decision, accepted, type, note, author, at, verdictSha256 } = verdict.human;
  await putDecision(context, runId, { runId, decision, accepted, type, note, author, at, verdictSha256 });
}

export function writeNote({ store }: StudioContext): void {
  const { current, decisions } = store.getState();
  if (current && decisions[current.runId]) store.setState({ noting: true, narrowPane: 'verdict' });
}

/** Opens the run before or after this one in the history as it is filtered. */
export async function openNeighbour(context: StudioContext, by: 1 | -1): Promise<void> {
  const state = context.store.getState();
  const run = state.current && neighbourOf(state, state.current.runId, by);
  if (run) await openRun(context, run.id);
}

/** The decision on a run as it is stored, which another tab may have made. */
async function latestDecision(context: StudioContext, runId: string): Promise<DecisionRecord | undefined> {
  await readDecisions(context);
  return context.store.getState().decisions[runId];
}

async function change(context: StudioContext, runId: string, after: DecisionRecord | null): Promise<void> {
  const made: Change = { kind: 'decision', runId, before: context.store.getState().decisions[runId] ?? null, after };
  context.store.setState(({ changes }) => ({ changes: { done: [...changes.done, made], undone: [] } }));
  if (await putDecision(context, runId, after)) return;
  // What is not kept is nothing that could be undone.
  context.store.setState(({ changes }) => ({
    changes: { ...changes, done: changes.done.filter((other) => other !== made) },
  }));
}

function stamp({ host, preferences }: StudioContext, runId: string) {
  return { runId, author: preferences.getState().author, at: host.now().toISOString() };
}

function saidType({ agentAnswer }: Verdict): string | null {
  return agentAnswer && agentAnswer.top_anomaly !== 'none' ? agentAnswer.top_anomaly : null;
}
