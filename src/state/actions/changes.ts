/** Undo and redo of decisions, of corrections, of parts filed as good and of changed recipes. A removed good part still offered back comes first. */
import type { DecisionRecord } from '../../storage/schema.ts';
import { guarded, type StudioContext } from '../context.ts';
import { keyed, omit, withKey } from '../keyed.ts';
import type { Change } from '../change.ts';
import { putCorrection } from './correct.ts';
import { applyKindDeletion } from './deleteKind.ts';
import { applyDeletion } from './deleteRun.ts';
import { applyLabelChange } from './labelled.ts';
import { undoDeletion } from './library.ts';
import { mayReturn } from './mayReturn.ts';
import { applyRecipeChange } from './recipes.ts';
import { openRun } from './traces.ts';

export function canUndo({ store }: StudioContext): boolean {
  const { undo, changes } = store.getState();
  return undo !== null || changes.done.length > 0;
}

export function canRedo({ store }: StudioContext): boolean {
  return store.getState().changes.undone.length > 0;
}

export async function undoLast(context: StudioContext): Promise<void> {
  const { undo, changes } = context.store.getState();
  if (undo) return undoDeletion(context);
  const last = changes.done.at(-1);
  if (!last) return;
  context.store.setState({
    deletedRuns: [],
    changes: { done: changes.done.slice(0, -1), undone: [...changes.undone, last] },
  });
  await apply(context, last, 'before');
}

/** Takes back the deletions of inspections that are still offered to be undone. */
export async function undoRunDeletions(context: StudioContext): Promise<void> {
  const { deletedRuns, changes } = context.store.getState();
  context.store.setState({ deletedRuns: [] });
  const offered = changes.done.filter(({ kind }) => kind === 'deletion').slice(-deletedRuns.length);
  if (deletedRuns.length === 0 || offered.length === 0) return;
  context.store.setState({
    changes: {
      done: changes.done.filter((change) => !offered.includes(change)),
      undone: [...changes.undone, ...offered.toReversed()],
    },
  });
  for (const change of offered.toReversed()) await apply(context, change, 'before');
}

export async function redoLast(context: StudioContext): Promise<void> {
  const { changes } = context.store.getState();
  const last = changes.undone.at(-1);
  if (!last) return;
  context.store.setState({ changes: { done: [...changes.done, last], undone: changes.undone.slice(0, -1) } });
  await apply(context, last, 'after');
}

async function apply(context: StudioContext, change: Change, side: 'before' | 'after'): Promise<void> {
  if (change.kind === 'exemplar') return fileExemplar(context, change, side);
  if (change.kind === 'kind') return applyKindDeletion(context, change, side);
  if (change.kind === 'deletion') return applyDeletion(context, change, side);
  if (change.kind === 'labelled') return applyLabelChange(context, change, side);
  if (change.kind === 'recipe') return applyRecipeChange(context, change, side);
  if (change.kind === 'correction') await putCorrection(context, change.runId, change[side]);
  else await putDecision(context, change.runId, change[side]);
  // What changed is shown, also after the next run was opened.
  if (context.store.getState().current?.runId !== change.runId) await openRun(context, change.runId);
}

async function fileExemplar(
  context: StudioContext,
  { exemplar }: Extract<Change, { kind: 'exemplar' }>,
  side: 'before' | 'after',
): Promise<void> {
  const { store, storage, host } = context;
  if (side === 'after' && (await mayReturn(context, [exemplar])).length === 0) return;
  const others = store.getState().exemplars.filter((known) => known.id !== exemplar.id);
  store.setState({ exemplars: side === 'after' ? [...others, exemplar] : others });
  await guarded(context, exemplar.name, () =>
    side === 'after' ? storage.putExemplar(exemplar) : storage.deleteExemplar(exemplar, host.now().toISOString()),
  );
}

/** Takes over what another tab decided meanwhile; a decision that storage had no room for stays as it is here. */
export async function readDecisions(context: StudioContext): Promise<void> {
  const stored = await guarded(context, 'The decisions', () => context.storage.listDecisions());
  if (!stored) return;
  context.store.setState(({ decisions }) => {
    const newer = stored.filter((decision) => (decisions[decision.runId]?.at ?? '') < decision.at);
    if (newer.length === 0) return {};
    return { decisions: keyed([...Object.values(decisions), ...newer].map((decision) => [decision.runId, decision])) };
  });
}

/**
 * Stores and shows the decision on a run; null takes it back. Handed to storage before it is shown; where storage refuses
 * it, that is told, the one before is shown again, and this is false.
 */
export async function putDecision(
  context: StudioContext,
  runId: string,
  decision: DecisionRecord | null,
): Promise<boolean> {
  const { store, storage } = context;
  const before = store.getState().decisions[runId] ?? null;
  const kept = guarded(context, 'The decision', async () => {
    await (decision ? storage.putDecision(decision) : storage.deleteDecision(runId));
    return true;
  });
  const show = (shown: DecisionRecord | null) =>
    store.setState(({ decisions }) => ({
      decisions: shown ? withKey(decisions, runId, shown) : omit(decisions, runId),
    }));
  show(decision);
  if (await kept) return true;
  // Unless another decision took its place meanwhile.
  if ((store.getState().decisions[runId] ?? null) === decision) show(before);
  return false;
}
