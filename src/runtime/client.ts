/** The page's side of the worker. Promises reject with a `UserError`; nothing here blocks the page. */
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { proxy, transfer, wrap } from 'comlink';
import {
  outcomeOf,
  valueOf,
  type EngineApi,
  type EngineInfo,
  type InspectJob,
  type LoadPhase,
  type Outcome,
  type PreparedImage,
  type RunEvent,
} from './messages.ts';

export interface Engine {
  start(onPhase: (phase: LoadPhase) => void): Promise<EngineInfo>;
  prepare(bytes: ArrayBuffer, name: string): Promise<PreparedImage>;
  inspect(
    job: InspectJob,
    onEvent: (event: RunEvent) => void,
    readFile: (sha256: string) => Promise<ArrayBuffer | null>,
  ): Promise<Trace>;
  stop(): void;
}

/**
 * `base` is the folder of the page, ending in `/`; `backend` the address's `?backend=`, or null. When the worker cannot
 * be loaded or breaks, every call, pending or later, rejects with a UserError `worker-broken`.
 */
export function createEngine(base: string, backend: string | null): Engine {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'agentiad' });
  const remote = wrap<EngineApi>(worker);
  const broken = breakOf(worker);
  const answer = async <T>(call: Promise<Outcome<T>>) => valueOf(await Promise.race([call, broken]));
  return {
    start: (onPhase) => answer(remote.start(base, backend, proxy(onPhase))),
    prepare: (bytes, name) => {
      const copy = bytes.slice(0);
      return answer(remote.prepare(transfer(copy, [copy]), name));
    },
    inspect: (job, onEvent, readFile) => {
      const bytes = job.bytes.slice(0);
      const sent = transfer({ ...job, bytes }, [bytes]);
      const read = (sha256: string) => outcomeOf('The browser’s storage', () => readFile(sha256));
      return answer(remote.inspect(sent, proxy(onEvent), proxy(read)));
    },
    stop: () => void remote.stop(),
  };
}

/** Rejects when the worker breaks; never resolves. */
function breakOf(worker: Worker): Promise<never> {
  const broken = new Promise<never>((_resolve, reject) => {
    const fail = (reason: string) =>
      reject(
        new UserError({
          code: 'worker-broken',
          subject: 'The part of this page that inspects',
          reason,
          remedy: 'Check that the server of this page is running, then reload the page.',
        }),
      );
    worker.addEventListener('error', ({ message }) =>
      fail(message ? `stopped with an error: ${message}.` : 'could not be loaded.'),
    );
    worker.addEventListener('messageerror', () => fail('sent something this page cannot read.'));
  });
  // Every call that waits reports it; without one there is nobody to tell.
  broken.catch(() => {});
  return broken;
}
