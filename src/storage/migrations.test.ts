// @vitest-environment node
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { describe, expect, it } from 'vitest';
import { VERSIONS } from './fixtures/versions.ts';
import { migrate, MIGRATIONS } from './migrations.ts';
import { createStorage } from './storage.ts';

/** A database of version `version` with its fixture in it. */
async function databaseOf(version: number): Promise<string> {
  const name = `version-${version}`;
  const db = await openDB(name, version, {
    upgrade: (opened, _from, _to, tx) => void migrate(opened as never, tx as never, 0, version),
  });
  for (const [store, records] of Object.entries(VERSIONS[version - 1]!))
    for (const record of records) await db.put(store, record);
  db.close();
  return name;
}

it('every released version has a fixture', () => expect(VERSIONS).toHaveLength(MIGRATIONS.length));

describe.each(VERSIONS.map((_, index) => index + 1))('a database of version %i', (version) => {
  it('opens today with all that was in it, and what this version does not know stays', async () => {
    const storage = createStorage({}, await databaseOf(version));
    const records = await storage.readRecords();
    const newest = VERSIONS.at(-1)!;
    expect(records.runs).toEqual(newest['runs']);
    expect(records.traces).toEqual(newest['traces']);
    expect(records.exemplars).toEqual(newest['exemplars']);
    for (const store of ['decisions', 'settings', 'journal'] as const) expect(records[store]).toEqual(newest[store]);
    const { recipeId, ...category } = records.categories[0]!;
    expect(category).toEqual({ name: 'cap', types: ['dent'], created: '2026-01-01T00:00:00.000Z' });
    expect(recipeId).toBe(version < 3 ? null : 'p1');
    expect(records.queue[0]!.recipe).toEqual(version < 3 ? null : { id: 'p1', version: 1, name: 'cap' });
    expect(records.recipes).toHaveLength(version < 3 ? 0 : 1);
    expect(await storage.loadRun('r2')).not.toBeNull();
    await storage.close();
  });
});
