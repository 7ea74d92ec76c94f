/** A worker that starts with the first call. One that broke is not asked again: the next call starts another. */
import { wrap, type Remote } from 'comlink';
import { valueOf, type Outcome } from './messages.ts';
import { breakOf } from './workerBreak.ts';

export interface WorkerOnDemand<Api> {
  /** Rejects with a UserError: what the worker answered, or `worker-broken` when it broke meanwhile. */
  ask<T>(call: (remote: Remote<Api>) => Promise<Outcome<T>>): Promise<T>;
  /** Tells it something, if there is one. */
  tell(call: (remote: Remote<Api>) => unknown): void;
}

/** `subject` says what the worker is for. */
export function workerOnDemand<Api>(open: () => Worker, subject: string): WorkerOnDemand<Api> {
  let started: { readonly remote: Remote<Api>; readonly broken: Promise<never> } | null = null;
  const start = () => {
    const worker = open();
    const broken = breakOf(worker, subject);
    const mine = { remote: wrap<Api>(worker), broken };
    broken.catch(() => {
      worker.terminate();
      if (started === mine) started = null;
    });
    return mine;
  };
  return {
    async ask(call) {
      const { remote, broken } = (started ??= start());
      return valueOf(await Promise.race([call(remote), broken]));
    },
    tell(call) {
      if (started) call(started.remote);
    },
  };
}
