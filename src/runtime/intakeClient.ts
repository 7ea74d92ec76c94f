/** The page's side of the intake workers, which start with the first file and share the work. */
import { DEFAULT_WINDOW, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { IntakenImage, IntakeApi, LookedAt } from './intakeMessages.ts';
import { workerOnDemand, type WorkerOnDemand } from './workerOnDemand.ts';

export interface Intake {
  /** Hash and size of a file; rejects with a UserError when it must be refused. */
  look(file: File): Promise<LookedAt>;
  /** A file decoded, with its bytes and a thumbnail; rejects with a UserError when it must be refused. */
  take(file: File, window?: WindowChoice): Promise<IntakenImage>;
  /** How many files are worked on at the same time. */
  readonly lanes: number;
}

/** More workers than this wait for the disk. */
const MOST = 4;

export function createIntake(cores: number): Intake {
  const count = Math.max(1, Math.min(MOST, cores));
  const workers: WorkerOnDemand<IntakeApi>[] = Array.from({ length: count }, () =>
    workerOnDemand(open, 'The part of this page that reads files'),
  );
  let next = 0;
  const free = () => workers[next++ % count]!;
  return {
    look: (file) => free().ask((remote) => remote.look(file)),
    take: (file, window = DEFAULT_WINDOW) => free().ask((remote) => remote.take(file, window)),
    // One more each, so that none waits for the page.
    lanes: 2 * count,
  };
}

function open(): Worker {
  return new Worker(new URL('./intakeWorker.ts', import.meta.url), { type: 'module', name: 'intake' });
}
