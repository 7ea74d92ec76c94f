/** Inspections with their traces, what people said of them (decisions, corrections), and the images that wait. */
import { UserError } from '@agentiad/core/support/userError.ts';
import { changeAll, type Change, type Use, type Writing } from './open.ts';
import type { CorrectionRecord, DecisionRecord, QueueRecord, RunRecord } from './schema.ts';
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
  /** Stores or replaces the decision on a run, and reads it back. */
  putDecision(decision: DecisionRecord): Promise<void>;
  deleteDecision(runId: string): Promise<void>;
  listCorrections(): Promise<CorrectionRecord[]>;
  putCorrection(correction: CorrectionRecord): Promise<void>;
  deleteCorrection(runId: string): Promise<void>;
  listQueue(): Promise<QueueRecord[]>;
  putQueued(item: QueueRecord): Promise<void>;
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
        await db.put('decisions', decision);
        const kept = await db.get('decisions', decision.runId);
        if (kept?.at !== decision.at) throw new Error(`the decision on ${decision.runId} was not kept`);
      }),
    deleteDecision: (runId) => use((db) => db.delete('decisions', runId)),
    listCorrections: () => use((db) => db.getAll('corrections')),
    putCorrection: (correction) => use(async (db) => void (await db.put('corrections', correction))),
    deleteCorrection: (runId) => use((db) => db.delete('corrections', runId)),
    listQueue: () => use((db) => db.getAllFromIndex('queue', 'added')),
    putQueued: (item) => use(async (db) => void (await db.put('queue', item))),
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
