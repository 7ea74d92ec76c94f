/**
 * Records by names that people choose, or files bring: they have no prototype, so that `constructor` and `__proto__` are
 * names like any other, there only when somebody put them there. Copied with these functions, never spread. Pure.
 */
export type Keyed<T> = Readonly<Record<string, T>>;

export function keyed<T>(entries: Iterable<readonly [string, T]> = []): Keyed<T> {
  const made = Object.create(null) as Record<string, T>;
  for (const [key, value] of entries) made[key] = value;
  return made;
}

/** The same record with `value` under `key`. */
export function withKey<T>(record: Keyed<T>, key: string, value: T): Keyed<T> {
  return keyed([...Object.entries(record), [key, value]]);
}

/** The same record without one of its keys. */
export function omit<T>(record: Keyed<T>, key: string): Keyed<T> {
  return keyed(Object.entries(record).filter(([name]) => name !== key));
}
