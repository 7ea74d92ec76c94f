/** The page's side of the worker. Promises reject with a `UserError`; nothing here blocks the page. */
import type { WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { StepSpeed } from '@agentiad/core/agent/stepSpeed.ts';
import type { RunEvent } from '@agentiad/core/protocol/events.ts';
import type { MadeBranch } from '@agentiad/core/agent/askAgain.ts';
import type { LibraryHealth } from '@agentiad/core/tools/difference/health.ts';
import type { Trace, TraceCheck } from '@agentiad/core/protocol/trace.ts';
import { proxy, transfer, wrap } from 'comlink';
import {
  outcomeOf,
  valueOf,
  type EngineApi,
  type EngineInfo,
  type InspectJob,
  type LibraryJob,
  type LoadPhase,
  type Outcome,
  type PreparedImage,
} from './messages.ts';
import type { AskJob, CheckJob } from './askMessages.ts';
import type { AlignImage, Alignment, Similar } from './compareMessages.ts';
import type { KeptFeatures } from './healthMessages.ts';
import { untilAnswered } from './untilAnswered.ts';
import { breakOf } from './workerBreak.ts';

export interface Engine {
  /** Loads the model `modelId` of the model store, or with null the shipped one; again for another model. */
  start(modelId: string | null, onPhase: (phase: LoadPhase) => void): Promise<EngineInfo>;
  /** `window` reduces an image of more than 8 bits. */
  prepare(bytes: ArrayBuffer, name: string, window: WindowChoice): Promise<PreparedImage>;
  inspect(
    job: InspectJob,
    onEvent: (event: RunEvent) => void,
    readFile: (sha256: string) => Promise<ArrayBuffer | null>,
  ): Promise<Trace>;
  /** Asks a question of an inspection that has ended; see `AskApi`. */
  ask(
    job: InspectJob,
    what: AskJob,
    onEvent: (event: RunEvent) => void,
    onProgress: (done: number, total: number) => void,
    readFile: (sha256: string) => Promise<ArrayBuffer | null>,
  ): Promise<MadeBranch>;
  /** Makes an inspection again with something taken away or made wrong. */
  check(
    job: InspectJob,
    what: CheckJob,
    readFile: (sha256: string) => Promise<ArrayBuffer | null>,
  ): Promise<TraceCheck>;
  /** How an exemplar lies on a part, with the difference of the two where that can be trusted. */
  align(part: AlignImage, exemplar: AlignImage): Promise<Alignment>;
  /** Exemplars by similarity, most similar first; null when it cannot be told now. */
  rank(
    part: AlignImage & { readonly sha256: string },
    library: LibraryJob,
    readFile: (sha256: string) => Promise<ArrayBuffer | null>,
  ): Promise<readonly Similar[] | null>;
  /** What is odd in a library; null when another one is asked about meanwhile. See `HealthApi`. */
  health(
    library: LibraryJob,
    onProgress: (done: number, total: number) => void,
    readFile: (sha256: string) => Promise<ArrayBuffer | null>,
  ): Promise<LibraryHealth | null>;
  /** How fast each kind of step is here; null when an inspection goes before measuring it. */
  measure(): Promise<StepSpeed | null>;
  stop(): void;
}

/**
 * `base` is the folder of the page, ending in `/`; `backend` the address's `?backend=`, or null; `features` keeps what
 * the tower made of exemplars. When the worker cannot
 * be loaded or breaks, every call, pending or later, rejects with a UserError `worker-broken`.
 */
export function createEngine(base: string, backend: string | null, features: KeptFeatures): Engine {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'agentiad' });
  const remote = wrap<EngineApi>(worker);
  const broken = breakOf(worker, 'The part of this page that inspects');
  const answer = async <T>(call: Promise<Outcome<T>>) => valueOf(await Promise.race([call, broken]));
  // Files are known by their content, so the newest reader serves every call; a channel a call would stay open.
  let read: (sha256: string) => Promise<ArrayBuffer | null> = () => Promise.resolve(null);
  void remote.connect(
    proxy(features),
    proxy((sha256: string) => outcomeOf('The browser’s storage', () => read(sha256))),
  );
  return {
    start: (modelId, onPhase) => answer(remote.start({ base, backend, modelId }, handed(onPhase))),
    prepare: (bytes, name, window) => {
      const copy = bytes.slice(0);
      return answer(remote.prepare(transfer(copy, [copy]), name, window));
    },
    inspect: (job, onEvent, readFile) =>
      untilAnswered(onEvent, (tell) => {
        read = readFile;
        return answer(remote.inspect(sent(job), proxy(tell)));
      }),
    ask: (job, what, onEvent, onProgress, readFile) =>
      untilAnswered(onEvent, (tell) => {
        read = readFile;
        return answer(remote.ask(sent(job), what, proxy(tell), handed(onProgress)));
      }),
    check: (job, what, readFile) => {
      read = readFile;
      return answer(remote.check(sent(job), what));
    },
    align: (part, exemplar) => answer(remote.align(part, exemplar)),
    rank: (part, library, readFile) => {
      read = readFile;
      return answer(remote.rank(part, library));
    },
    health: (library, onProgress, readFile) => {
      read = readFile;
      return answer(remote.health(library, handed(onProgress)));
    },
    measure: () => answer(remote.measure()),
    stop: () => void remote.stop(),
  };
}

/** The page keeps its own copy of the file. */
function sent(job: InspectJob): InspectJob {
  const bytes = job.bytes.slice(0);
  return transfer({ ...job, bytes }, [bytes]);
}

/** A function of one call: the worker lets go of it with its answer. */
const handed = <Given extends readonly unknown[]>(tell: (...given: Given) => void) =>
  proxy((...given: Given) => tell(...given));
