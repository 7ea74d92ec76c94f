/** The page's side of the worker. Promises reject with a `UserError`; nothing here blocks the page. */
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { proxy, transfer, wrap } from 'comlink';
import {
  valueOf,
  type EngineApi,
  type EngineInfo,
  type InspectJob,
  type LoadPhase,
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

/** `base` is the folder of the page, ending in `/`; `backend` the address's `?backend=`, or null. */
export function createEngine(base: string, backend: string | null): Engine {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'agentiad' });
  const remote = wrap<EngineApi>(worker);
  return {
    start: async (onPhase) => valueOf(await remote.start(base, backend, proxy(onPhase))),
    prepare: async (bytes, name) => {
      const copy = bytes.slice(0);
      return valueOf(await remote.prepare(transfer(copy, [copy]), name));
    },
    inspect: async (job, onEvent, readFile) => {
      const bytes = job.bytes.slice(0);
      const sent = transfer({ ...job, bytes }, [bytes]);
      return valueOf(await remote.inspect(sent, proxy(onEvent), proxy(readFile)));
    },
    stop: () => void remote.stop(),
  };
}
