/** What the storage panel shows: what is used, the backup being made or restored, what can be cleaned up or put back. */
import type { BackupCheck } from '../storage/backup/restore.ts';
import type { JournalRecord, ValidationRecord } from '../storage/schema.ts';
import type { UsedByKind } from '../storage/whole.ts';

export interface BackupWork {
  readonly kind: 'saving' | 'checking' | 'restoring';
  readonly done: number;
  readonly total: number;
}

export interface StoragePanelState {
  readonly work: BackupWork | null;
  /** The backup that was saved in this visit. */
  readonly saved: { readonly name: string; readonly sizeBytes: number } | null;
  /** ISO 8601; null: there was none. */
  readonly lastBackup: string | null;
  /** What restoring the chosen backup would do. */
  readonly check: BackupCheck | null;
  /** Entries restored last. */
  readonly restored: number | null;
  readonly used: UsedByKind | null;
  readonly modelBytes: number | null;
  readonly oldValidations: readonly ValidationRecord[];
  readonly removed: readonly JournalRecord[];
  readonly freedBytes: number | null;
}

export const NO_STORAGE_PANEL: StoragePanelState = {
  work: null,
  saved: null,
  lastBackup: null,
  check: null,
  restored: null,
  used: null,
  modelBytes: null,
  oldValidations: [],
  removed: [],
  freedBytes: null,
};

/** Above this share of the quota the page says that there is little room left. */
const ALMOST_FULL = 0.85;

export function isAlmostFull(facts: {
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
}): boolean {
  const { usedBytes, quotaBytes } = facts;
  return usedBytes !== null && quotaBytes !== null && quotaBytes > 0 && usedBytes / quotaBytes > ALMOST_FULL;
}
