/** The inspection worker: decoding, model, tools and the agent run here, so that the page never freezes. */
import { inspect } from '@agentiad/core/agent/inspect.ts';
import type { LoadedModel } from '@agentiad/core/agent/request.ts';
import { encodePng } from '@agentiad/core/image/png.ts';
import type { InspectionEvent } from '@agentiad/core/protocol/events.ts';
import type { LibraryMatch } from '@agentiad/core/tools/difference/contract.ts';
import type { FeatureTower } from '@agentiad/core/tools/difference/featureTower.ts';
import { createLibraryMatch } from '@agentiad/core/tools/difference/libraryMatch.ts';
import type { Exemplar, ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { base64 } from '@scure/base';
import { expose, transfer } from 'comlink';
import { decodeImage } from './decode/decodeImage.ts';
import { chooseBackend } from './device.ts';
import {
  outcomeOf,
  valueOf,
  type BackendInfo,
  type EngineApi,
  type LibraryJob,
  type Outcome,
  type RunEvent,
} from './messages.ts';
import { loadAgent, loadTower } from './models.ts';
import { prepareImage } from './prepareImage.ts';

/** What stays when another model is chosen. */
let started: { readonly backend: BackendInfo; readonly tower: FeatureTower } | null = null;
let model: LoadedModel | null = null;
let running: { aborted: boolean } | null = null;
let deviceError: Error | null = null;
/** Library match of the last library, whose features are computed once. */
let matched: { readonly key: string; readonly match: LibraryMatch } | null = null;

const api: EngineApi = {
  start: ({ base, backend: wanted, modelId }, onPhase) =>
    outcomeOf('The model', async () => {
      if (running) throw busy('The model', 'changed');
      if (!started) {
        onPhase({ label: 'Choosing where to run', share: null });
        const backend = await chooseBackend(wanted, (error) => {
          deviceError = error;
        });
        started = { backend, tower: await loadTower(base, onPhase) };
      }
      const { backend } = started;
      // The old one goes first: there may not be room for both.
      model?.backbone.dispose();
      model = null;
      model = await loadAgent({ base, modelId, backend }, onPhase);
      return { backend, card: model.backbone.card, modelId };
    }),

  prepare: async (bytes, name) => {
    const outcome = await outcomeOf(name, () => prepareImage(new Uint8Array(bytes), name));
    return outcome.ok ? transfer(outcome, [outcome.value.bitmap, outcome.value.thumb]) : outcome;
  },

  inspect: (job, onEvent, readFile) =>
    outcomeOf(job.name, async () => {
      if (!model || !started) throw new Error('inspect was called before start');
      if (running) throw busy(job.name, 'inspected');
      const { tower, backend } = started;
      const signal = { aborted: false };
      running = signal;
      try {
        const part = await decodeImage(new Uint8Array(job.bytes), job.name);
        const library = job.library && exemplarSet(job.library, readFile);
        const trace = await inspect(
          { ...job, part, library, signal, onEvent: (event) => tellEvent(event, onEvent) },
          {
            model,
            match: (set) => matchOf(set, (wanted) => createLibraryMatch({ tower, set: wanted })),
            clock: () => performance.now(),
            now: () => new Date().toISOString(),
            newId: () => job.runId,
            runtime: { backend: backend.name, adapter: backend.adapter },
          },
        );
        if (deviceError) throw deviceGone(deviceError);
        return trace;
      } finally {
        if (running === signal) running = null;
      }
    }),

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

function matchOf(set: ExemplarSet, create: (set: ExemplarSet) => LibraryMatch): LibraryMatch {
  const key = [set.category, ...set.exemplars.map((exemplar) => exemplar.sha256)].join(' ');
  if (matched?.key !== key) matched = { key, match: create(set) };
  return matched.match;
}

function busy(subject: string, what: string): UserError {
  return new UserError({
    code: 'inspection-busy',
    subject,
    reason: `cannot be ${what} while an image is being inspected.`,
    remedy: 'Wait until the other inspection is done, or stop it.',
  });
}

function deviceGone(cause: Error): UserError {
  return new UserError({
    code: 'device-lost',
    subject: 'The graphics device',
    reason: `failed during the inspection (${cause.message}).`,
    remedy: 'Reload the page and inspect again; add ?backend=wasm to the address to run without it.',
    cause,
  });
}

expose(api);
