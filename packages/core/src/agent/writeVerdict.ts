/** The verdict of an inspection that has ended, made of its steps and images alone. */
import type { Size } from '../image/box.ts';
import { coverageShare, fullyShown } from '../image/coverage.ts';
import type { ProcessorConfig } from '../image/processor.ts';
import { summariseSteps } from '../protocol/stepSummary.ts';
import type { TraceAsset, TraceImage, TraceStep } from '../protocol/trace.ts';
import type { Verdict } from '../protocol/verdict.ts';
import { sha256Hex } from '../support/hash.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import type { LoopResult } from './loop.ts';
import type { InspectionDeps, InspectionRequest } from './request.ts';
import type { InspectSettings, Setup } from './setup.ts';
import * as build from './verdict.ts';

export function writeVerdict(ended: {
  readonly request: InspectionRequest;
  readonly deps: InspectionDeps;
  readonly settings: InspectSettings;
  readonly setup: Setup;
  readonly result: LoopResult;
}): Verdict {
  const { request, deps, settings, setup, result } = ended;
  const { backbone, processor } = deps.model;
  const { card } = backbone;
  const { part, recipe, thresholds } = request;
  const { steps, traceImages, assets } = setup.recorder;
  const decided = build.decide({ result, thresholds, doubt: build.findDoubt(request, card.sha256) });
  const regions = build.collectRegions({ ...result, label: decided.label, images: traceImages, steps });
  const sum = (pick: (step: TraceStep) => number) => steps.reduce((total, step) => total + pick(step), 0);
  const takenOver = (setup.start?.steps ?? []).reduce((total, { ms }) => total + ms.prefill + ms.decode + ms.tool, 0);
  return {
    schema: 'agentiad-verdict/1',
    id: setup.id,
    created: setup.created,
    status: result.status,
    verdict: {
      ...decided,
      score: result.score,
      scoreKind: 'raw',
      scoreMeaning: build.SCORE_MEANING,
    },
    agentAnswer: result.answer,
    libraryMatch: build.summariseLibraryMatch(steps),
    regions,
    claims: build.collectClaims(result.answer, regions, steps),
    coverage: { share: shareSeen(part.raster, traceImages, assets, processor) },
    exemplars: build.collectExemplars(steps),
    steps: summariseSteps(steps, result.status),
    part: { category: request.category },
    image: {
      name: part.name,
      sha256: part.sha256,
      width: part.raster.width,
      height: part.raster.height,
      format: part.format,
      bitDepth: part.bitDepth,
      orientationApplied: part.orientationApplied,
      conversions: part.conversions,
      sizeBytes: part.sizeBytes,
      ...(part.windowLevel && { windowLevel: part.windowLevel }),
    },
    model: {
      id: card.id,
      sha256: card.sha256,
      scheme: card.scheme,
      trainedOn: card.trainedOn,
      licence: card.licence,
      commercialUse: card.commercialUse,
      tuned: card.tuned,
      ...deps.runtime,
    },
    recipe: recipe ? { id: recipe.id, version: recipe.version } : null,
    settings: {
      mode: request.mode,
      types: request.types,
      ...thresholds,
      maxToolCalls: settings.limits.maxToolCalls,
      temperature: settings.temperature,
      seed: request.seed,
      promptSha256: sha256Hex(encodeUtf8(`${setup.system}\n${setup.userText}`)),
    },
    timings: {
      totalMs: deps.clock() - setup.started + takenOver,
      modelMs: sum(({ ms }) => ms.prefill + ms.decode),
      toolMs: sum(({ ms }) => ms.tool),
    },
    human: null,
    warnings: [...setup.warnings, ...(setup.policy.warnings ?? [])],
    errors: result.errors,
    isSimulated: false,
  };
}

/** Share of the part that `images` show at full resolution. */
export function shareSeen(
  part: Size,
  images: readonly TraceImage[],
  assets: Readonly<Record<string, TraceAsset>>,
  processor: ProcessorConfig,
): number {
  return coverageShare(part, placesSeen(images, assets, processor));
}

/** Places of the part that `images` show at full resolution; images whose pixels were lost do not count. */
export function placesSeen(
  images: readonly TraceImage[],
  assets: Readonly<Record<string, TraceAsset>>,
  { patchSize, mergeSize }: ProcessorConfig,
) {
  const views = images.flatMap(({ role, frame, asset }) => {
    const seen = role === 'part' || role === 'crop' ? assets[asset] : undefined;
    return seen ? [{ frame, seen }] : [];
  });
  return fullyShown(views, (patchSize * mergeSize) / 2);
}
