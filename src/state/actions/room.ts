/** Room in the browser's storage: drops what nothing refers to, and stores later what there was no room for. */
import type { RunRecord } from '../../storage/schema.ts';
import type { StoredRun } from '../../storage/tracePacking.ts';
import { guarded, type StudioContext } from '../context.ts';
import type { DeletedRun } from '../change.ts';

/** An image file nothing refers to is kept this long: some tab may be about to inspect or file it. */
const GRACE_MS = 10 * 60_000;

/** Drops bytes nothing refers to and outdated features, then stores what had found no room. */
export async function makeRoom(context: StudioContext): Promise<void> {
  const { host, storage, store, unsaved } = context;
  if (store.getState().isReadOnly) return;
  const before = new Date(host.now().getTime() - GRACE_MS).toISOString();
  await guarded(context, 'Old pictures', () => storage.collectGarbage(before, stillWanted(context)));
  await dropOldFeatures(context);
  for (const id of [...unsaved.keys()]) {
    const found = unsaved.get(id);
    if (found) await keepRun(context, found.run, found.stored);
  }
}

const dropped = new WeakMap<StudioContext, string>();

/** Drops, once, what another feature tower than the one that is loaded made of good parts. */
export async function dropOldFeatures(context: StudioContext): Promise<void> {
  const { engine, isReadOnly } = context.store.getState();
  if (engine.state !== 'ready' || isReadOnly || dropped.get(context) === engine.info.towerSha256) return;
  const { towerSha256 } = engine.info;
  dropped.set(context, towerSha256);
  await guarded(context, 'Features', () => context.storage.deleteFeaturesOfOtherTowers(towerSha256));
}

/** Files of what the page alone knows: inspections not stored yet, and what can come back by undo or redo. */
function stillWanted({ store, unsaved }: StudioContext): string[] {
  const { undo, changes } = store.getState();
  return [
    ...[...unsaved.values()].map(({ run }) => run.imageSha256),
    ...(undo?.exemplars ?? []).map(({ sha256 }) => sha256),
    ...[...changes.done, ...changes.undone].flatMap((change) => {
      if (change.kind === 'exemplar') return change.exemplar.sha256;
      if (change.kind === 'labelled') return [...change.before, ...change.after].map(({ sha256 }) => sha256);
      if (change.kind === 'kind')
        return [...change.deleted.exemplars, ...change.deleted.labelled].map(({ sha256 }) => sha256);
      return change.kind === 'deletion' ? filesOf(change.deleted) : [];
    }),
  ];
}

/** Image files that a run shows, with those of its questions. */
function filesOf({ run, stored }: DeletedRun): string[] {
  const images = [stored, ...(stored.branches ?? [])].flatMap((shown) => shown.images);
  return [run.imageSha256, ...images.map(({ source }) => source.sha256)];
}

/** Stores an inspection; what storage has no room for stays with the page, and the notice says so. */
export async function keepRun(context: StudioContext, run: RunRecord, stored: StoredRun): Promise<void> {
  const { storage, store, unsaved } = context;
  const kept = await guarded(context, run.name, async () => {
    await storage.putRun(run, stored);
    return true;
  });
  if (!kept) return void unsaved.set(run.id, { run, stored });
  const wasUnsaved = unsaved.delete(run.id);
  const decision = store.getState().decisions[run.id];
  const correction = store.getState().corrections[run.id];
  if (wasUnsaved && decision) await guarded(context, 'The decision', () => storage.putDecision(decision));
  if (wasUnsaved && correction) await guarded(context, 'The correction', () => storage.putCorrection(correction));
}
