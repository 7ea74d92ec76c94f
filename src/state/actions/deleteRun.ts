/** Deletes inspections, and brings them back while the page is open: what there was of them is kept until then. */
import type { RunRecord } from '../../storage/schema.ts';
import { addNotice, guarded, type StudioContext } from '../context.ts';
import { omit } from '../keyed.ts';
import type { Change, DeletedRun } from '../change.ts';
import { putDecision } from './changes.ts';
import { putCorrection } from './correct.ts';
import { keepRun, makeRoom } from './room.ts';
import { openRun, unwantRun } from './traces.ts';

/** Deletions that can be undone at a time; each holds all pictures of its trace. */
const KEPT_DELETIONS = 20;

/**
 * Deletes a run, which can be undone; one that is being made, here or in another tab, is refused, and so is what storage
 * will not let go.
 */
export async function deleteRun(context: StudioContext, id: string): Promise<void> {
  const { store, storage, unsaved } = context;
  const { history, inspecting } = store.getState();
  const inAnotherTab = (await context.host.liveRuns())?.has(id) ?? false;
  if (inspecting?.live?.runId === id || inAnotherTab)
    return addNotice(context, {
      code: 'run-in-progress',
      subject: history.find((run) => run.id === id)?.name ?? 'This inspection',
      reason: 'is still being inspected.',
      remedy: 'Stop it first, then delete it.',
    });
  unwantRun(context, id);
  const found = unsaved.get(id) ?? (await guarded(context, 'This inspection', () => storage.loadRun(id)));
  if (!(await letGo(context, id))) return;
  if (found) {
    // What was said of it meanwhile, too.
    const { decisions, corrections } = store.getState();
    const deleted: DeletedRun = { ...found, decision: decisions[id] ?? null, correction: corrections[id] ?? null };
    store.setState(({ changes, deletedRuns }) => ({
      changes: { done: withDeletion(changes.done, deleted), undone: [] },
      deletedRuns: [...deletedRuns, found.run.name],
    }));
  }
  await forget(context, id);
}

/** Brings a deleted run back, or deletes it again. */
export async function applyDeletion(
  context: StudioContext,
  { deleted }: Extract<Change, { kind: 'deletion' }>,
  side: 'before' | 'after',
): Promise<void> {
  const { run, stored, decision, correction } = deleted;
  if (side === 'after') return (await letGo(context, run.id)) ? forget(context, run.id) : undefined;
  await keepRun(context, run, stored);
  context.store.setState(({ history }) => ({ history: inOrder([run, ...history.filter(({ id }) => id !== run.id)]) }));
  if (decision) await putDecision(context, run.id, decision);
  if (correction) await putCorrection(context, run.id, correction);
  if (!context.store.getState().current) await openRun(context, run.id);
}

/** Removes the run from storage; false when it stays there. What was never stored is the page's own. */
async function letGo(context: StudioContext, id: string): Promise<boolean> {
  const isGone = await guarded(context, 'This inspection', async () => {
    await context.storage.deleteRun(id);
    return true;
  });
  return isGone ?? context.unsaved.has(id);
}

async function forget(context: StudioContext, id: string): Promise<void> {
  context.store.setState(({ history, decisions, corrections, current }) => ({
    history: history.filter((run) => run.id !== id),
    decisions: omit(decisions, id),
    corrections: omit(corrections, id),
    current: current?.runId === id && current.activity === 'open' ? null : current,
  }));
  context.unsaved.delete(id);
  await makeRoom(context);
}

/** The oldest deletion makes way for one too many. */
function withDeletion(done: readonly Change[], deleted: DeletedRun): readonly Change[] {
  const deletions = done.filter(({ kind }) => kind === 'deletion');
  const oldest = deletions.length >= KEPT_DELETIONS ? deletions[0] : null;
  return [...done.filter((change) => change !== oldest), { kind: 'deletion', deleted }];
}

/** Newest first, as storage lists them. */
function inOrder(runs: readonly RunRecord[]): readonly RunRecord[] {
  return runs.toSorted((a, b) => b.created.localeCompare(a.created));
}
