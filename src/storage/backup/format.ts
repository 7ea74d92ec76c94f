/**
 * A backup: a zip of `manifest.json`, `records/<store>.jsonl` (one record a line), `assets.jsonl` and `thumbs.jsonl` (what
 * is known of bytes, one a line), `assets/<sha256>` and `thumbs/<sha256>` (the bytes, stored as they are).
 */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { AssetRecord } from '../schema.ts';
import { RECORD_STORES } from '../whole.ts';

export const BACKUP_SCHEMA = 'agentiad-backup/1';
export const BACKUP_ENDING = '.agentiad-backup.zip';

export interface Manifest {
  readonly schema: typeof BACKUP_SCHEMA;
  /** Number of migrations that the records have behind them. */
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly created: string;
  /** Records by store, and `assets` and `thumbs`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A line of `assets.jsonl`. */
export type AssetLine = Omit<AssetRecord, 'bytes'> & { readonly size: number };
/** A line of `thumbs.jsonl`; `digest` is of the bytes, which are filed under the hash of their image. */
export interface ThumbLine {
  readonly sha256: string;
  readonly mime: string;
  readonly size: number;
  readonly digest: string;
}

/** Settings that tell of this browser only. */
export const OWN_SETTINGS: readonly string[] = ['lastBackup'];

const LISTS = [
  'manifest.json',
  'assets.jsonl',
  'thumbs.jsonl',
  ...RECORD_STORES.map((store) => `records/${store}.jsonl`),
];

export function isListName(name: string): boolean {
  return LISTS.includes(name);
}

export function isBytesName(name: string): boolean {
  return /^(assets|thumbs)\/[0-9a-f]{64}$/.test(name);
}

export interface Progress {
  readonly done: number;
  readonly total: number;
}

export interface Work {
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** Throws when the work was stopped, and lets the page draw when it has had no chance to for a while. */
export function createBreather({ signal }: Work): () => Promise<void> {
  let last = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - last < 12) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = performance.now();
  };
}

type Refusal = 'backup-foreign' | 'backup-newer' | 'backup-damaged' | 'backup-hostile';

export function refusal(code: Refusal, subject: string, reason: string, cause?: unknown): UserError {
  const remedy =
    code === 'backup-newer'
      ? 'Reload this page to get the newer version, then restore the backup again.'
      : code === 'backup-foreign'
        ? `Choose a file that the studio saved as a backup (${BACKUP_ENDING}).`
        : 'Copy the file again from where it was saved, or use an older backup. Nothing was changed.';
  return new UserError({ code, subject, reason, remedy, cause });
}
