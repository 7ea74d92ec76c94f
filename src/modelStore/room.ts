/** Is there room for a model, before anything is written. */
import { UserError } from '@agentiad/core/support/userError.ts';

export interface Room {
  /** Null where the browser does not tell. */
  readonly freeBytes: number | null;
  readonly usedBytes: number | null;
}

/** Left for pictures and inspections. */
const keptFree = 50e6;

export async function browserRoom(): Promise<Room> {
  const storage = (navigator as { storage?: Partial<StorageManager> }).storage;
  const { quota, usage } = (await storage?.estimate?.()) ?? {};
  if (quota === undefined || usage === undefined) return { freeBytes: null, usedBytes: null };
  return { freeBytes: Math.max(0, quota - usage), usedBytes: usage };
}

/** Throws a UserError `no-room` when `needed` more bytes do not fit. */
export function checkRoom(name: string, needed: number, { freeBytes }: Room): void {
  if (freeBytes === null || needed + keptFree <= freeBytes) return;
  throw new UserError({
    code: 'no-room',
    subject: name,
    reason: `needs ${bytesInWords(needed)} more on this computer, but this browser offers this page only ${bytesInWords(Math.max(0, freeBytes - keptFree))}.`,
    remedy: 'Free some disk space, delete a model here, or choose a smaller one.',
  });
}

/** As people write it: 1.6 MB, 2.9 GB. */
export function bytesInWords(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(bytes > 0 ? 1 : 0, Math.round(bytes / 1e3))} kB`;
  if (bytes < 1e9) return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
}
