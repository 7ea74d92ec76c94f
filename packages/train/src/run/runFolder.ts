/**
 * The folder of a training run. It is loadable at every moment, whatever ends the process:
 *   run.json           what the run is (record.ts)
 *   metrics.jsonl      one line a step; cut back to the checkpoint when the run is resumed
 *   checkpoints/       the last two (checkpoint.ts)
 *   report.html        curves (report.ts)
 *   run.lock           while a process writes here (lock.ts)
 * A folder of another run, or a damaged one, is refused by name and left as it is.
 */
import { mkdir, open, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '@agentiad/core/support/userError.ts';
import { fileUnreadable, prepareOutputFolder, writing } from '../host/files.ts';
import type { Checkpoint, CheckpointContents, StoredCheckpoint } from './checkpoint.ts';
import { findCheckpoint, readCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { PARTIAL, replaceFile, sweepPartial } from './durable.ts';
import type { RunLock } from './lock.ts';
import { LOCK_FILE, lockRun } from './lock.ts';
import type { MetricsRecord } from './metrics.ts';
import { encodeMetrics } from './metrics.ts';
import type { RunIdentity, RunRecord } from './record.ts';
import { checkSameRun, circumstances, createRecord, parseRecord } from './record.ts';
import { writeReport } from './report.ts';

export interface RunOptions extends RunIdentity {
  readonly folder: string;
  /** Go on with the run that is there; otherwise a folder with a run in it is refused. */
  readonly resume: boolean;
  /** Backend and adapter, for the record. */
  readonly device?: string;
}

export interface Run {
  readonly folder: string;
  /** Step of the checkpoint that the run goes on from; 0 when it starts. */
  readonly startStep: number;
  /** Appends one line to `metrics.jsonl`. Numbers that are not finite become null. */
  metrics(record: MetricsRecord): Promise<void>;
  /** Writes a checkpoint beside the others, whole or not at all, and keeps the last two. */
  saveCheckpoint(step: number, contents: CheckpointContents): Promise<void>;
  /** The checkpoint to go on from; null at the start. */
  lastCheckpoint(): Promise<Checkpoint | null>;
  /** Writes `report.html` from the metrics so far. */
  report(): Promise<void>;
  close(): Promise<void>;
}

export const RUN_FILES = {
  record: 'run.json',
  metrics: 'metrics.jsonl',
  checkpoints: 'checkpoints',
  report: 'report.html',
} as const;

/** Opens or makes the folder of a run. Throws a UserError when it holds another run, other files, damage, or is in use. */
export async function openRun(options: RunOptions): Promise<Run> {
  const { folder } = options;
  await findRecord(options);
  await prepareOutputFolder(folder);
  const lock = await lockRun(folder);
  try {
    return await openLocked(options, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openLocked(options: RunOptions, lock: RunLock): Promise<Run> {
  const { folder } = options;
  const at = (name: string) => path.join(folder, name);
  const found = await findRecord(options); // again: another process may have been here until now
  const checkpoint = found ? await findIn(at(RUN_FILES.checkpoints)) : null;
  if (checkpoint) await checkMetrics(at(RUN_FILES.metrics), checkpoint.metricsBytes);

  await writing(at(RUN_FILES.checkpoints), () => mkdir(at(RUN_FILES.checkpoints), { recursive: true }));
  await sweepPartial(folder);
  await sweepPartial(at(RUN_FILES.checkpoints));
  const record = await updatedRecord(options, found, checkpoint);
  await replaceFile(at(RUN_FILES.record), Buffer.from(`${JSON.stringify(record, null, 2)}\n`));
  const metrics = await writing(at(RUN_FILES.metrics), () => open(at(RUN_FILES.metrics), 'a'));
  // Lines after the checkpoint belong to steps that will be taken again; the last may be half a line.
  await writing(at(RUN_FILES.metrics), () => metrics.truncate(checkpoint?.metricsBytes ?? 0));
  let latest = checkpoint;

  return {
    folder,
    startStep: checkpoint?.step ?? 0,
    metrics: (entry) => writing(at(RUN_FILES.metrics), () => metrics.appendFile(encodeMetrics(entry))),
    async saveCheckpoint(step, contents) {
      await writing(at(RUN_FILES.metrics), () => metrics.sync());
      const { size } = await metrics.stat();
      latest = await writeCheckpoint(at(RUN_FILES.checkpoints), step, size, contents);
    },
    lastCheckpoint: async () => (latest ? readCheckpoint(latest) : null),
    report: () => writeReport(at(RUN_FILES.report), record, at(RUN_FILES.metrics)),
    async close() {
      await metrics.close();
      await lock.release();
    },
  };
}

/** The record of the run that is to be gone on with; null where a new one may begin. Looks only. */
async function findRecord(options: RunOptions): Promise<RunRecord | null> {
  const { folder, resume } = options;
  const found = await readRecord(folder);
  if (found && !resume) throw alreadyThere(folder);
  if (found) checkSameRun(found, options, folder);
  else await checkFree(folder, resume);
  return found;
}

async function readRecord(folder: string): Promise<RunRecord | null> {
  const file = path.join(folder, RUN_FILES.record);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw fileUnreadable(file, error);
  });
  return text === null ? null : parseRecord(text, file);
}

/** A folder that was left while it was made holds no run yet, nor anything else. */
async function checkFree(folder: string, resume: boolean): Promise<void> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw fileUnreadable(folder, error);
    if (resume) throw fileUnreadable(folder, error);
    return [];
  });
  const known: readonly string[] = [RUN_FILES.checkpoints, LOCK_FILE];
  const other = names.find((name) => !known.includes(name) && !name.startsWith(PARTIAL));
  if (other === undefined) return;
  throw new UserError({
    code: 'no-run',
    subject: folder,
    reason: `the folder holds no run (no ${RUN_FILES.record}), but other files (${other}).`,
    remedy: 'Nothing was changed. Name the folder of a run, or a new one.',
  });
}

async function findIn(folder: string): Promise<StoredCheckpoint | null> {
  return (await stat(folder).catch(() => null)) ? findCheckpoint(folder) : null;
}

async function updatedRecord(
  options: RunOptions,
  found: RunRecord | null,
  checkpoint: StoredCheckpoint | null,
): Promise<RunRecord> {
  const { command, config, data, maskSha256 } = options;
  const now = await circumstances(options.device ?? null);
  if (!found) return createRecord({ command, config, data, maskSha256 }, now);
  return { ...found, resumed: [...found.resumed, { ...now, step: checkpoint?.step ?? 0 }] };
}

async function checkMetrics(file: string, length: number): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isFile() && found.size >= length) return;
  throw new UserError({
    code: 'run-damaged',
    subject: file,
    reason: `it has ${found?.size ?? 0} bytes; when the last checkpoint was saved it had ${length}.`,
    remedy: 'Nothing was changed. Restore the file, or start the run anew under another name.',
  });
}

function alreadyThere(folder: string): UserError {
  return new UserError({
    code: 'run-exists',
    subject: folder,
    reason: 'the folder holds a run already.',
    remedy: 'Go on with it (--resume), give the new run another name, or move the folder away.',
  });
}
