/** What was read from storage, joined with what was changed on the page while it was read: the page wins. Pure. */
import { keyed, type Keyed } from './keyed.ts';

interface Versions<T> {
  /** On the page when reading began, and now that it has ended. */
  readonly before: T;
  readonly now: T;
  /** As it was read. */
  readonly stored: T;
}

/** Of a list whose items `keyOf` tells apart: what came, changed or went on the page meanwhile stays so. */
export function mergedList<T>(
  { before, now, stored }: Versions<readonly T[]>,
  keyOf: (item: T) => string,
): readonly T[] {
  const [first, last] = [before, now].map((items) => new Map(items.map((item) => [keyOf(item), item])));
  const isChanged = (key: string) => first!.get(key) !== last!.get(key);
  const read = new Set(stored.map(keyOf));
  return [
    ...stored.flatMap((item) => (isChanged(keyOf(item)) ? (last!.get(keyOf(item)) ?? []) : item)),
    ...now.filter((item) => isChanged(keyOf(item)) && !read.has(keyOf(item))),
  ];
}

export function mergedRecord<T>({ before, now, stored }: Versions<Keyed<T>>): Keyed<T> {
  const isChanged = ([key]: readonly [string, T]) => before[key] !== now[key];
  const kept = Object.entries(stored).filter((entry) => !isChanged(entry));
  return keyed([...kept, ...Object.entries(now).filter(isChanged)]);
}

/** Of a single value. */
export function merged<T>({ before, now, stored }: Versions<T>): T {
  return before === now ? stored : now;
}
