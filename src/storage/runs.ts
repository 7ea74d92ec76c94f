/** Inspections with their traces, what people said of them (decisions, corrections), and the images that wait. */
import { UserError } from '@agentiad/core/support/userError.ts';
import { changeAll, type Change, type Database, type Store, type Use, type Writing } from './open.ts';
import type { CorrectionRecord, DecisionRecord, QueueRecord, RunRecord, StudioDb } from './schema.ts';
import { packTrace, unpackTrace, type StoredRun } from './tracePacking.ts';

export interface RunStorage {
  /** Runs, newest first; metadata only. */
  listRuns(): Promise<RunRecord[]>;
  /** Stores or replaces a run with what there is of its trace, in one transaction. */
  putRun(run: RunRecord, stored: StoredRun): Promise<void>;
  loadRun(id: string): Promise<{ run: RunRecord; stored: StoredRun } | null>;
  /**
   * Removes the run, its trace and what was said of it. One that a validation rests on is refused (`run-validates`): it
   * goes with its validation.
   */
  deleteRun(id: string): Promise<void>;
  listDecisions(): Promise<DecisionRecord[]>;
  /**
   * Stores or replaces the decision on a run, and reads it back. On a run that storage had no room for it is stored with
   * the run: false then.
   */
  putDecision(decision: DecisionRecord): Promise<boolean>;
  deleteDecision(runId: string): Promise<void>;
  listCorrections(): Promise<CorrectionRecord[]>;
  /** As `putDecision`. */
  putCorrection(correction: CorrectionRecord): Promise<boolean>;
  deleteCorrection(runId: string): Promise<void>;
  listQueue(): Promise<QueueRecord[]>;
  /** Stores a waiting image; false when its file is not stored: it then waits as long as the page is open. */
  putQueued(item: QueueRecord): Promise<boolean>;
  deleteQueued(id: string): Promise<void>;
}

/** The stores that a run with its trace is written to. */
export const RUN_STORES = ['runs', 'traces', 'assets'] as const;

/** The writes of a run in an open transaction; its trace was taken apart before. */
export function changesOfRun(tx: Writing, run: RunRecord, { record, assets }: ReturnType<typeof packTrace>): Change[] {
  return [
    () => tx.objectStore('runs').put(run),
    () => tx.objectStore('traces').put(record),
    ...assets.map((asset) => () => tx.objectStore('assets').put(asset)),
  ];
}

/** Stores `record` if what it speaks of is stored; tells whether. */
async function putWith<S extends 'decisions' | 'corrections' | 'queue'>(
  db: Database,
  store: S,
  record: StudioDb[S]['value'],
  [other, key]: readonly ['runs' | 'assets', string],
): Promise<boolean> {
  let isThere = false;
  await changeAll(db, [store, other], async (tx) => {
    isThere = (await tx.objectStore(other).getKey(key)) !== undefined;
    return isThere ? [() => tx.objectStore(store as Store).put(record)] : [];
  });
  return isThere;
}

export function createRunStorage(use: Use): RunStorage {
  return {
    listRuns: () => use(async (db) => (await db.getAllFromIndex('runs', 'created')).reverse()),
    putRun: (run, stored) => {
      const packed = packTrace(run.id, stored);
      return use((db) => changeAll(db, RUN_STORES, (tx) => changesOfRun(tx, run, packed)));
    },
    loadRun: (id) =>
      use(async (db) => {
        const tx = db.transaction([...RUN_STORES]);
        const [run, record] = await Promise.all([tx.objectStore('runs').get(id), tx.objectStore('traces').get(id)]);
        if (!run || !record) return null;
        const assets = await Promise.all(Object.keys(record.assets).map((key) => tx.objectStore('assets').get(key)));
        return { run, stored: unpackTrace(record, assets) };
      }),
    deleteRun: (id) =>
      use((db) =>
        changeAll(db, ['runs', 'traces', 'decisions', 'corrections', 'outcomes'], async (tx) => {
          const run = await tx.objectStore('runs').get(id);
          const outcomes = await tx.objectStore('outcomes').getAll();
          if (outcomes.some(({ runId }) => runId === id)) throw validates(run?.name ?? id);
          const stores = ['runs', 'traces', 'decisions', 'corrections'] as const;
          return stores.map((store) => () => tx.objectStore(store).delete(id));
        }),
      ),
    listDecisions: () => use((db) => db.getAll('decisions')),
    putDecision: (decision) =>
      use(async (db) => {
        if (!(await putWith(db, 'decisions', decision, ['runs', decision.runId]))) return false;
        const kept = await db.get('decisions', decision.runId);
        if (kept?.at !== decision.at) throw new Error(`the decision on ${decision.runId} was not kept`);
        return true;
      }),
    deleteDecision: (runId) => use((db) => db.delete('decisions', runId)),
    listCorrections: () => use((db) => db.getAll('corrections')),
    putCorrection: (correction) => use((db) => putWith(db, 'corrections', correction, ['runs', correction.runId])),
    deleteCorrection: (runId) => use((db) => db.delete('corrections', runId)),
    listQueue: () => use((db) => db.getAllFromIndex('queue', 'added')),
    putQueued: (item) => use((db) => putWith(db, 'queue', item, ['assets', item.sha256])),
    deleteQueued: (id) => use((db) => db.delete('queue', id)),
  };
}

function validates(subject: string): UserError {
  return new UserError({
    code: 'run-validates',
    subject,
    reason: 'is part of the validation of a recipe, whose figures rest on it.',
    remedy: 'Validate the recipe again and clean up old validations under Storage, or delete the recipe.',
  });
}
