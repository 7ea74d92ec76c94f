/** The inspection worker: decoding, model, tools and the agent run here, so that the page never freezes. */
import { assert } from '@agentiad/core/support/assert.ts';
import type { FeatureStore } from '@agentiad/core/tools/difference/featureStore.ts';
import type { Exemplar, ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { DEFAULT_WINDOW, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { expose, transfer } from 'comlink';
import type { ReadFile } from './compareMessages.ts';
import { createCompareApi } from './compareWorker.ts';
import { decodeImage } from './decode/decodeImage.ts';
import type { KeptFeatures } from './healthMessages.ts';
import { createHealthApi, featuresIn } from './healthWorker.ts';
import { busy, createInspections } from './inspections.ts';
import { openInspector, type Inspector } from './inspector.ts';
import { lettingGo } from './lettingGo.ts';
import { outcomeOf, valueOf, type EngineApi, type LibraryJob, type LoadPhase } from './messages.ts';
import { prepareImage } from './prepareImage.ts';

/** What inspects, with where it runs; made anew when another model is chosen or the graphics device is lost. */
let inspector: Inspector | null = null;
/** The last library: the same object lets its features be computed once. */
let library: { readonly key: string; readonly set: ExemplarSet } | null = null;

/** How the images of a set are reduced, for the features kept of them. */
const windows = new WeakMap<ExemplarSet, WindowChoice>();
let page: { readonly features: KeptFeatures; readonly readFile: ReadFile } | null = null;

/** Starts come one after the other: of two at once the device and the memory of one would be lost sight of. */
let started: Promise<unknown> = Promise.resolve();

/** The speed is being measured: whatever else is wanted ends it and waits for that. */
let measuring: { readonly signal: { aborted: boolean }; readonly done: Promise<unknown> } | null = null;
async function endMeasuring(): Promise<void> {
  if (!measuring) return;
  measuring.signal.aborted = true;
  await measuring.done.catch(() => {});
}

const inspections = createInspections({
  inspector: () => inspector,
  beforeRun: endMeasuring,
  exemplars: sameSet,
});

const libraries = createHealthApi({
  inspector: () => inspector,
  isRunning: inspections.isRunning,
  exemplars: exemplarSet,
});

const api: EngineApi = {
  ...createCompareApi((job) => (inspections.isRunning() ? null : (inspector?.deps.match?.(sameSet(job)) ?? null))),

  health: (job, onProgress) => lettingGo([onProgress], () => libraries.health(job, onProgress)),

  connect(features, readFile) {
    page = { features, readFile };
  },

  start(options, onPhase) {
    const outcome = started.then(() =>
      outcomeOf('The model', async () => {
        if (inspections.isRunning()) throw busy('The model', 'changed');
        // The old one goes first: there may not be room for both.
        await endMeasuring();
        const old = inspector;
        inspector = null;
        await old?.dispose();
        // A device that is lost later is opened again, when nobody listens any more.
        let isLoading = true;
        const tell = (phase: LoadPhase) => isLoading && onPhase(phase);
        inspector = await openInspector(options, tell, featuresOf).finally(() => (isLoading = false));
        const { backend, model, towerSha256 } = inspector;
        return { backend, card: model.backbone.card, towerSha256, modelId: options.modelId };
      }),
    );
    started = outcome;
    return lettingGo([onPhase], () => outcome);
  },

  prepare: async (bytes, name, window) => {
    const outcome = await outcomeOf(name, () => prepareImage(new Uint8Array(bytes), name, window));
    return outcome.ok ? transfer(outcome, [outcome.value.bitmap, outcome.value.thumb]) : outcome;
  },

  inspect: (job, onEvent) => lettingGo([onEvent], () => inspections.inspect(job, onEvent)),
  ask: (job, what, onEvent, onProgress) =>
    lettingGo([onEvent, onProgress], () => inspections.ask(job, what, onEvent, onProgress)),
  check: inspections.check,
  stop: inspections.stop,

  measure: () =>
    outcomeOf('The speed of the model', async () => {
      if (inspections.isRunning() || measuring || !inspector) return null;
      const signal = { aborted: false };
      const done = inspector.measure(signal);
      measuring = { signal, done };
      return await done.finally(() => (measuring = null));
    }),
};

function exemplarSet({ category, exemplars, window }: LibraryJob): ExemplarSet {
  const withPixels = exemplars.map((exemplar): Exemplar => ({
    ...exemplar,
    async load() {
      const bytes = valueOf(await connected().readFile(exemplar.sha256));
      if (!bytes)
        throw new UserError({
          code: 'exemplar-missing',
          subject: exemplar.name,
          reason: 'is no longer in this browser’s storage.',
          remedy: 'Remove it from the library and add the file again.',
        });
      return (await decodeImage(new Uint8Array(bytes), exemplar.name, window)).raster;
    },
  }));
  const set = { category, exemplars: withPixels };
  windows.set(set, window);
  return set;
}

function connected() {
  assert(page, 'the page connects before all else');
  return page;
}

function featuresOf(set: ExemplarSet): FeatureStore {
  return featuresIn(connected().features, windows.get(set) ?? DEFAULT_WINDOW);
}

function sameSet(job: LibraryJob): ExemplarSet {
  const { category, exemplars, window } = job;
  const key = JSON.stringify([category, window, exemplars.map(({ id, sha256 }) => [id, sha256])]);
  if (library?.key !== key) library = { key, set: exemplarSet(job) };
  return library.set;
}

expose(api);
