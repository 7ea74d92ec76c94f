/** What is odd about the good parts of a kind, as the page says it: each finding names the images it means. Pure. */
import type { LibraryHealth } from '@agentiad/core/tools/difference/health.ts';
import type { ExemplarRecord } from '../storage/schema.ts';
import { outlierAmong } from './importState.ts';

/** What was last found out about the enabled good parts of a kind. */
export interface HealthState {
  /** Names the tower and the good parts that were looked at. */
  readonly key: string;
  readonly isRunning: boolean;
  readonly done: number;
  readonly total: number;
  readonly suspects: readonly { readonly id: string; readonly ratio: number }[];
  /** Photographs that are nearly the same, each list one of them. */
  readonly alike: readonly (readonly string[])[];
}

/** `ratio`: of `suspect` alone, 1 = as far from the others as good parts get. */
export interface Finding {
  readonly kind: 'few' | 'suspect' | 'alike' | 'mixed' | 'off';
  readonly ids: readonly string[];
  readonly ratio?: number;
}

/** Worst first. `few`: below this many nothing can be told of what is unusual. */
export function findingsOfLibrary(
  exemplars: readonly ExemplarRecord[],
  health: HealthState | null,
  few: number,
): Finding[] {
  const enabled = exemplars.filter((exemplar) => exemplar.enabled);
  const there = new Set(enabled.map(({ id }) => id));
  const found: Finding[] = [];
  if (enabled.length > 0 && enabled.length < few) found.push({ kind: 'few', ids: enabled.map(({ id }) => id) });
  for (const { id, ratio } of health?.suspects ?? [])
    if (there.has(id)) found.push({ kind: 'suspect', ids: [id], ratio });
  const mixed = enabled.filter(outlierAmong(enabled));
  if (mixed.length > 0) found.push({ kind: 'mixed', ids: mixed.map(({ id }) => id) });
  for (const group of health?.alike ?? []) {
    const ids = group.filter((id) => there.has(id));
    if (ids.length > 1) found.push({ kind: 'alike', ids });
  }
  const off = exemplars.filter((exemplar) => !exemplar.enabled);
  if (off.length > 0) found.push({ kind: 'off', ids: off.map(({ id }) => id) });
  return found;
}

/** Pairs joined into groups: what is like something that is like a third belongs together. */
export function joinPairs(pairs: readonly (readonly [number, number])[]): number[][] {
  const groupOf = new Map<number, Set<number>>();
  for (const [a, b] of pairs) {
    const joined = new Set([a, b, ...(groupOf.get(a) ?? []), ...(groupOf.get(b) ?? [])]);
    for (const one of joined) groupOf.set(one, joined);
  }
  return [...new Set(groupOf.values())].map((group) => [...group].sort((a, b) => a - b));
}

/** As the page keeps it; indices are those of `ids`. */
export function toldOf(health: LibraryHealth, ids: readonly string[]): Pick<HealthState, 'suspects' | 'alike'> {
  return {
    suspects: health.suspects.map(({ index, ratio }) => ({ id: ids[index]!, ratio })),
    alike: joinPairs(health.nearDuplicates.map(({ pair }) => pair)).map((group) => group.map((index) => ids[index]!)),
  };
}
