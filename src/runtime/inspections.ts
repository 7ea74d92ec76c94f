/** The worker's inspections: anew, going on, asked again, or checked; one at a time, each ended by `stop`. */
import { askAgain, type MadeBranch } from '@agentiad/core/agent/askAgain.ts';
import { runCheck } from '@agentiad/core/agent/checks.ts';
import { inspect } from '@agentiad/core/agent/inspect.ts';
import { SMALLER_CROPS, type InspectionDeps, type InspectionRequest } from '@agentiad/core/agent/request.ts';
import { sweep } from '@agentiad/core/agent/sweep.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import type { InspectionEvent, RunEvent } from '@agentiad/core/protocol/events.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { base64 } from '@scure/base';
import type { AskApi, AskJob } from './askMessages.ts';
import { decodeImage } from './decode/decodeImage.ts';
import type { Inspector } from './inspector.ts';
import { outcomeOf, type EngineApi, type InspectJob, type LibraryJob } from './messages.ts';

export interface Inspections extends AskApi, Pick<EngineApi, 'inspect' | 'stop'> {
  isRunning(): boolean;
}

interface Host {
  /** Ends what must not run beside an inspection. */
  readonly beforeRun: () => Promise<void>;
  /** What inspects now, or null before a model is loaded. */
  readonly inspector: () => Inspector | null;
  /** Good parts with their pixels; the same object for the same library. */
  readonly exemplars: (library: LibraryJob) => ExemplarSet;
}

export function createInspections({ inspector, exemplars, beforeRun }: Host): Inspections {
  let running: { aborted: boolean } | null = null;

  const working = <T>(
    job: InspectJob,
    onEvent: (event: RunEvent) => void,
    work: (request: InspectionRequest, deps: InspectionDeps) => Promise<T>,
  ) =>
    outcomeOf(job.name, async () => {
      const using = inspector();
      if (!using) throw new Error('the worker was asked to inspect before it was started');
      if (running) throw busy(job.name, 'inspected');
      const signal = { aborted: false };
      running = signal;
      try {
        await beforeRun();
        const part = await decodeImage(new Uint8Array(job.bytes), job.name, job.window);
        const library = job.library && exemplars(job.library);
        const request = { ...job, part, library, signal, onEvent: (event: InspectionEvent) => tell(event, onEvent) };
        const done = await work(request, depsOf(using, job));
        using.check();
        return done;
      } finally {
        if (running === signal) running = null;
      }
    });

  return {
    isRunning: () => running !== null,
    inspect: (job, onEvent) =>
      working(job, onEvent, (request, deps) => {
        const from = job.from ? { ...job.from, question: null, isBranch: false } : undefined;
        const limits = job.hasSmallerCrops ? SMALLER_CROPS : undefined;
        return inspect(request, deps, { believes: job.believes, from, ...(limits && { limits }) });
      }),
    ask: (job, what, onEvent, onProgress) =>
      working(job, onEvent, (request, deps) => ask(request, deps, what, job.believes, onProgress)),
    check: (job, { kind, trace, others }) =>
      working(
        job,
        () => {},
        (request, deps) => runCheck(kind, { trace, request, otherExemplars: others && exemplars(others) }, deps),
      ),
    stop() {
      if (running) running.aborted = true;
    },
  };
}

function ask(
  request: InspectionRequest,
  deps: InspectionDeps,
  { from, asked }: AskJob,
  believes: boolean,
  onProgress: (done: number, total: number) => void,
): Promise<MadeBranch> {
  if (asked.kind === 'sweep') return sweep(request, deps, { from, onProgress });
  return askAgain(request, deps, { believes, from: { ...from, question: asked } });
}

function depsOf(using: Inspector, { runId, created }: InspectJob): InspectionDeps {
  return {
    ...using.deps,
    // Another device may have taken over by the time the verdict is written.
    get runtime() {
      return using.deps.runtime;
    },
    clock: () => performance.now(),
    now: () => created ?? new Date().toISOString(),
    newId: () => runId,
  };
}

/** The trace itself is the call's result; pixels are packed as the trace packs them. */
function tell(event: InspectionEvent, onEvent: (event: RunEvent) => void): void {
  if (event.type === 'finished') return;
  if (event.type !== 'image') return onEvent(event);
  const { image, pixels } = event;
  const { width, height } = pixels;
  onEvent({
    type: 'image',
    image,
    asset: { mime: 'image/png', width, height, base64: base64.encode(encodePng(pixels)) },
  });
}

export function busy(subject: string, what: string): UserError {
  return new UserError({
    code: 'inspection-busy',
    subject,
    reason: `cannot be ${what} while an image is being inspected.`,
    remedy: 'Wait until the other inspection is done, or stop it.',
  });
}
