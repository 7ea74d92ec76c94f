/** Seeded splits that keep groups whole, and seeded draws. */
import { createRandom } from '@agentiad/core/support/random.ts';
import type { Random } from '@agentiad/core/support/random.ts';

/** Fisher-Yates on a copy. */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = random.integer(0, i);
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}

/** Distributes whole groups over named shares (`{ train: 0.8, validation: 0.2 }`); same seed, same split. */
export function splitByGroup<T, Name extends string>(
  items: readonly T[],
  groupOf: (item: T) => string,
  shares: Readonly<Record<Name, number>>,
  seed: number,
): Record<Name, T[]> {
  const names = Object.keys(shares) as Name[];
  const total = names.reduce((sum, name) => sum + shares[name], 0);
  const groups = shuffled([...new Set(items.map(groupOf))].sort(), createRandom(seed));
  const home = new Map<string, Name>();
  let from = 0;
  let cumulative = 0;
  for (const name of names) {
    cumulative += shares[name] / total;
    const to = Math.round(cumulative * groups.length);
    for (const group of groups.slice(from, to)) home.set(group, name);
    from = to;
  }
  const out = Object.fromEntries(names.map((name) => [name, [] as T[]])) as Record<Name, T[]>;
  for (const item of items) out[home.get(groupOf(item))!].push(item);
  return out;
}
