/** In how many inspections a good part was compared with, and when last. Pure. */
import type { RunRecord } from '../storage/schema.ts';

export interface Usage {
  readonly count: number;
  /** ISO 8601, UTC. */
  readonly last: string;
}

/** By the hash of the good part's file; what was never compared with is not in it. */
export function usageOf(history: readonly RunRecord[]): ReadonlyMap<string, Usage> {
  const found = new Map<string, Usage>();
  for (const { exemplarSha256, created } of history)
    for (const sha256 of new Set(exemplarSha256)) {
      const { count = 0, last = '' } = found.get(sha256) ?? {};
      found.set(sha256, { count: count + 1, last: created > last ? created : last });
    }
  return found;
}
