/** The inspection worker: decoding, model, tools and the agent run here, so that the page never freezes. */
import { inspect } from '@agentiad/core/agent/inspect.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import type { InspectionEvent, RunEvent } from '@agentiad/core/protocol/events.ts';
import type { Exemplar, ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { base64 } from '@scure/base';
import { expose, transfer } from 'comlink';
import { createCompareApi } from './compareWorker.ts';
import { decodeImage } from './decode/decodeImage.ts';
import { openInspector, type Inspector } from './inspector.ts';
import { outcomeOf, valueOf, type EngineApi, type LibraryJob, type Outcome } from './messages.ts';
import { prepareImage } from './prepareImage.ts';

/** What inspects, with where it runs; made anew when another model is chosen or the graphics device is lost. */
let inspector: Inspector | null = null;
let running: { aborted: boolean } | null = null;
/** The last library: the same object lets its features be computed once. */
let library: { readonly key: string; readonly set: ExemplarSet } | null = null;

/** Starts come one after the other: of two at once the device and the memory of one would be lost sight of. */
let started: Promise<unknown> = Promise.resolve();

const api: EngineApi = {
  ...createCompareApi((job, readFile) =>
    running ? null : (inspector?.deps.match?.(sameSet(exemplarSet(job, readFile))) ?? null),
  ),

  start(options, onPhase) {
    const outcome = started.then(() =>
      outcomeOf('The model', async () => {
        if (running) throw busy('The model', 'changed');
        // The old one goes first: there may not be room for both.
        const old = inspector;
        inspector = null;
        await old?.dispose();
        inspector = await openInspector(options, onPhase);
        const { backend, model } = inspector;
        return { backend, card: model.backbone.card, modelId: options.modelId };
      }),
    );
    started = outcome;
    return outcome;
  },

  prepare: async (bytes, name) => {
    const outcome = await outcomeOf(name, () => prepareImage(new Uint8Array(bytes), name));
    return outcome.ok ? transfer(outcome, [outcome.value.bitmap, outcome.value.thumb]) : outcome;
  },

  inspect: (job, onEvent, readFile) =>
    outcomeOf(job.name, async () => {
      const using = inspector;
      if (!using) throw new Error('inspect was called before start');
      if (running) throw busy(job.name, 'inspected');
      const signal = { aborted: false };
      running = signal;
      try {
        const part = await decodeImage(new Uint8Array(job.bytes), job.name);
        const set = job.library && sameSet(exemplarSet(job.library, readFile));
        const trace = await inspect(
          { ...job, part, library: set, signal, onEvent: (event) => tellEvent(event, onEvent) },
          {
            ...using.deps,
            // Another device may have taken over by the time the verdict is written.
            get runtime() {
              return using.deps.runtime;
            },
            clock: () => performance.now(),
            now: () => new Date().toISOString(),
            newId: () => job.runId,
          },
        );
        using.check();
        return trace;
      } finally {
        if (running === signal) running = null;
      }
    }),

  expect: () => outcomeOf('The graphics device', async () => (running ? null : (inspector?.expect() ?? null))),

  stop() {
    if (running) running.aborted = true;
  },
};

/** The trace itself is the call's result; pixels are packed as the trace packs them. */
function tellEvent(event: InspectionEvent, onEvent: (event: RunEvent) => void): void {
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

function exemplarSet(
  { category, exemplars }: LibraryJob,
  readFile: (sha256: string) => Promise<Outcome<ArrayBuffer | null>>,
): ExemplarSet {
  const withPixels = exemplars.map((exemplar): Exemplar => ({
    ...exemplar,
    async load() {
      const bytes = valueOf(await readFile(exemplar.sha256));
      if (!bytes)
        throw new UserError({
          code: 'exemplar-missing',
          subject: exemplar.name,
          reason: 'is no longer in this browser’s storage.',
          remedy: 'Remove it from the library and add the file again.',
        });
      return (await decodeImage(new Uint8Array(bytes), exemplar.name)).raster;
    },
  }));
  return { category, exemplars: withPixels };
}

function sameSet(set: ExemplarSet): ExemplarSet {
  const key = [set.category, ...set.exemplars.map((exemplar) => exemplar.sha256)].join(' ');
  if (library?.key !== key) library = { key, set };
  return library.set;
}

function busy(subject: string, what: string): UserError {
  return new UserError({
    code: 'inspection-busy',
    subject,
    reason: `cannot be ${what} while an image is being inspected.`,
    remedy: 'Wait until the other inspection is done, or stop it.',
  });
}

expose(api);
