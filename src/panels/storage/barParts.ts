/** How long the parts of the storage bar are: its whole length is the room there is, not what is used. Pure. */
import type { StorageFacts } from '../../state/studioState.ts';

export const KINDS = ['images', 'traces', 'features', 'models'] as const;

export type BytesByKind = Readonly<Record<(typeof KINDS)[number], number | null | undefined>>;

/** Shares of the whole room, 0..1; kinds that are not counted yet have none. Null: how much room there is, nobody told. */
export function barParts(
  bytes: BytesByKind,
  facts: Pick<StorageFacts, 'quotaBytes'> | null,
): Record<(typeof KINDS)[number], number> | null {
  const quota = facts?.quotaBytes ?? 0;
  if (quota <= 0) return null;
  const sum = KINDS.reduce((total, kind) => total + (bytes[kind] ?? 0), 0);
  // A browser's quota is an estimate and may be outgrown.
  const whole = Math.max(quota, sum);
  const share = (kind: (typeof KINDS)[number]) => (bytes[kind] ?? 0) / whole;
  return { images: share('images'), traces: share('traces'), features: share('features'), models: share('models') };
}

/** How much of the bar is filled, 0..1. */
export function filledShare(parts: Readonly<Record<(typeof KINDS)[number], number>>): number {
  return KINDS.reduce((sum, kind) => sum + parts[kind], 0);
}
