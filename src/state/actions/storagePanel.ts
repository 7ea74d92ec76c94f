/** What the storage panel tells, and its cleaning up: what can be had again goes, what somebody said stays. */
import type { ExemplarRecord, JournalRecord } from '../../storage/schema.ts';
import { addNotice, guarded, type StudioContext } from '../context.ts';
import type { StoragePanelState } from '../storagePanelState.ts';
import { exemplarsOf } from '../studioState.ts';
import { mayReturn, withReturned } from './mayReturn.ts';
import { problemOfRefusal } from './refusals.ts';
import { makeRoom } from './room.ts';
import { readStorageFacts } from './storageFacts.ts';

export async function readStoragePanel(context: StudioContext): Promise<void> {
  const { storage, models } = context;
  await readStorageFacts(context);
  await guarded(context, 'What is stored', async () => {
    const [oldValidations, removed, lastBackup] = await Promise.all([
      storage.listOldValidations(),
      storage.listRemoved(),
      storage.readSetting('lastBackup'),
    ]);
    update(context, { oldValidations, removed, lastBackup: typeof lastBackup === 'string' ? lastBackup : null });
    const { models: kept } = await models.list();
    update(context, { modelBytes: kept.reduce((sum, model) => sum + model.verifiedBytes, 0) });
    update(context, { used: await storage.measure((used) => update(context, { used })) });
  });
}

/** Removes validations that newer ones took the place of, with their inspections, except those somebody decided on. */
export async function removeOldValidations(context: StudioContext): Promise<void> {
  await freeing(context, async () => {
    const old = await context.storage.listOldValidations();
    for (const { id } of old) await context.storage.deleteValidation(id);
    context.store.setState({ history: await context.storage.listRuns() });
  });
}

/** Removes the features of Library match, which are computed again when they are needed. */
export async function removeFeatures(context: StudioContext): Promise<void> {
  await freeing(context, async () => void (await context.storage.deleteFeaturesOfOtherTowers('')));
}

/** An image that came in again meanwhile, as a good part or labelled, stays as it is; that is told. */
export async function putBackRemoved(context: StudioContext, removed: JournalRecord): Promise<void> {
  const { exemplar } = removed;
  if ((await mayReturn(context, [exemplar])).length === 0) return tellStays(context, exemplar);
  const done = await guarded(context, exemplar.name, async () => {
    await context.storage.putBack(removed);
    return true;
  });
  if (!done) return;
  context.store.setState(({ exemplars, storagePanel }) => ({
    exemplars: withReturned(exemplars, [exemplar]),
    storagePanel: { ...storagePanel, removed: storagePanel.removed.filter(({ id }) => id !== removed.id) },
  }));
}

/** `mayReturn` tells itself of a kind of part that is gone. */
function tellStays(context: StudioContext, { name, sha256, category }: ExemplarRecord): void {
  const { categories, exemplars } = context.store.getState();
  if (!categories.some((known) => known.name === category)) return;
  const isGood = exemplarsOf({ exemplars }, category).some((known) => known.sha256 === sha256);
  const refusal = isGood
    ? ({ kind: 'copy', same: name, isInLibrary: true } as const)
    : ({ kind: 'labelled', same: name } as const);
  addNotice(context, problemOfRefusal(refusal, name, category));
}

async function freeing(context: StudioContext, work: () => Promise<void>): Promise<void> {
  const before = await guarded(context, 'What is stored', () => context.storage.measure(() => {}));
  if (!before) return;
  await guarded(context, 'Cleaning up', work);
  await makeRoom(context);
  await readStoragePanel(context);
  const { used } = context.store.getState().storagePanel;
  update(context, { freedBytes: used && Math.max(0, totalOf(before) - totalOf(used)) });
}

function totalOf(used: NonNullable<StoragePanelState['used']>): number {
  return used.images.bytes + used.traces.bytes + used.features.bytes;
}

function update({ store }: StudioContext, change: Partial<StoragePanelState>): void {
  store.setState(({ storagePanel }) => ({ storagePanel: { ...storagePanel, ...change } }));
}
