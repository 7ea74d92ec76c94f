/** Saves a backup, looks into one, restores it. One of these at a time; each can be stopped. */
import { MIGRATIONS } from '../../storage/migrations.ts';
import type { Backup } from '../../storage/backup/readBackup.ts';
import { addNotice, type StudioContext } from '../context.ts';
import { problemOf } from '../../runtime/messages.ts';
import type { BackupWork, StoragePanelState } from '../storagePanelState.ts';
import { loadStored } from './boot.ts';
import { refusedHere } from './readOnly.ts';
import { readStoragePanel } from './storagePanel.ts';

const LAST = 'lastBackup';
/** The file that was checked, until it is restored or let go. */
const chosen = new WeakMap<StudioContext, Backup>();
const stops = new WeakMap<StudioContext, AbortController>();

export async function saveBackup(context: StudioContext): Promise<void> {
  const { host, storage } = context;
  const now = host.now();
  await during(context, 'saving', async (work) => {
    const { writeBackup } = await import('../../storage/backup/writeBackup.ts');
    const { BACKUP_ENDING } = await import('../../storage/backup/format.ts');
    const zip = await writeBackup(storage, now.toISOString(), work);
    const name = `agentiad-${now.toISOString().slice(0, 16).replace(/[T:]/g, '-')}${BACKUP_ENDING}`;
    host.saveFile(name, zip);
    update(context, { saved: { name, sizeBytes: zip.size }, lastBackup: now.toISOString() });
    if (!context.store.getState().isReadOnly) await storage.writeSetting(LAST, now.toISOString());
  });
}

/** Reads a backup and tells what restoring it would do; nothing is changed. */
export async function checkBackupFile(context: StudioContext, file: File): Promise<void> {
  if (refusedHere(context)) return;
  forgetBackup(context);
  await during(context, 'checking', async (work) => {
    const { readBackup } = await import('../../storage/backup/readBackup.ts');
    const { checkBackup } = await import('../../storage/backup/restore.ts');
    const backup = await readBackup(file, file.name, work);
    const check = await checkBackup(context.storage, backup, MIGRATIONS.length, work);
    chosen.set(context, backup);
    update(context, { check });
  });
}

/** Restores the backup that was checked last; `takeTheirs` where what is here differs from it. */
export async function restoreChecked(context: StudioContext, takeTheirs: boolean): Promise<void> {
  const { check } = context.store.getState().storagePanel;
  const backup = chosen.get(context);
  if (!check || !backup || refusedHere(context)) return;
  await during(context, 'restoring', async (work) => {
    const { restoreBackup } = await import('../../storage/backup/restore.ts');
    const restored = await restoreBackup(context.storage, backup, check, takeTheirs, work);
    forgetBackup(context);
    update(context, { restored });
    await loadStored(context);
    await readStoragePanel(context);
  });
}

export function forgetBackup(context: StudioContext): void {
  chosen.delete(context);
  update(context, { check: null, restored: null });
}

export function stopBackupWork(context: StudioContext): void {
  stops.get(context)?.abort();
}

async function during(
  context: StudioContext,
  kind: BackupWork['kind'],
  work: (work: { onProgress: (at: { done: number; total: number }) => void; signal: AbortSignal }) => Promise<void>,
): Promise<void> {
  if (context.store.getState().storagePanel.work) return;
  const stop = new AbortController();
  stops.set(context, stop);
  update(context, { work: { kind, done: 0, total: 0 } });
  try {
    await work({ onProgress: (at) => update(context, { work: { kind, ...at } }), signal: stop.signal });
  } catch (error) {
    if (!stop.signal.aborted) addNotice(context, problemOf(error, 'The backup'));
  } finally {
    update(context, { work: null });
  }
}

function update({ store }: StudioContext, change: Partial<StoragePanelState>): void {
  store.setState(({ storagePanel }) => ({ storagePanel: { ...storagePanel, ...change } }));
}
