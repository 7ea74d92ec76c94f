/** Brings records of an older version up to date: by the migrations themselves, in a database of its own. */
import { deleteDB, openDB } from 'idb';
import { MIGRATIONS, migrate } from '../migrations.ts';
import type { StudioDb } from '../schema.ts';
import { RECORD_STORES, type Records, type RecordStore } from '../whole.ts';

const NAME = 'agentiad-restore';

/** `version` is that of the records; throws where one of them cannot be stored or brought up to date. */
export async function updateRecords(records: Partial<Records>, version: number): Promise<Records> {
  if (version === MIGRATIONS.length) return whole(records);
  await deleteDB(NAME);
  try {
    const old = await openDB<StudioDb>(NAME, version, {
      upgrade: (db, _from, _to, tx) => void migrate(db, tx, 0, version),
    });
    try {
      const stores = RECORD_STORES.filter((store) => records[store] && old.objectStoreNames.contains(store));
      const tx = old.transaction(stores, 'readwrite');
      for (const store of stores) for (const record of records[store] ?? []) void tx.objectStore(store).put(record);
      await tx.done;
    } finally {
      old.close();
    }
    let failure: unknown = null;
    const now = await openDB<StudioDb>(NAME, MIGRATIONS.length, {
      upgrade(db, from, _to, tx) {
        tx.done.catch(() => {}); // opening fails with it
        migrate(db, tx, from, MIGRATIONS.length).catch((error: unknown) => {
          failure = error;
          if (tx.error === null) tx.abort();
        });
      },
    }).catch((error: unknown) => {
      throw failure ?? error;
    });
    try {
      const found = await Promise.all(RECORD_STORES.map(async (store) => [store, await now.getAll(store)] as const));
      return whole(Object.fromEntries(found) as Partial<Records>);
    } finally {
      now.close();
    }
  } finally {
    await deleteDB(NAME);
  }
}

function whole(records: Partial<Records>): Records {
  const of = (store: RecordStore) => [store, records[store] ?? []] as const;
  return Object.fromEntries(RECORD_STORES.map(of)) as unknown as Records;
}
