/** The verdict of an inspection that has ended, made of its steps and images alone. */
import type { Areas } from '../image/areas.ts';
import { isWholeImage } from '../image/areas.ts';
import type { Size } from '../image/box.ts';
import { coverageShare, fullyShown } from '../image/coverage.ts';
import type { ProcessorConfig } from '../image/processor.ts';
import type { ModelCard } from '../model/backbone.ts';
import { summariseSteps } from '../protocol/stepSummary.ts';
import type { TraceAsset, TraceImage, TraceStep } from '../protocol/trace.ts';
import type { Verdict } from '../protocol/verdict.ts';
import { sha256Hex } from '../support/hash.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import { usableExemplars } from '../tools/query.ts';
import type { LoopResult } from './loop.ts';
import { claimOfTriaged, judgeAnswer, judgeTriaged, regionsOfTriaged } from './judge.ts';
import { allowedTools, areasOf, specificationFor } from './recipeUse.ts';
import type { InspectionDeps, InspectionRequest } from './request.ts';
import type { InspectSettings, Setup } from './setup.ts';
import type { FirstLook } from './triage.ts';
import * as build from './verdict.ts';

export function writeVerdict(ended: {
  readonly deps: InspectionDeps;
  readonly settings: InspectSettings;
  readonly setup: Setup;
  readonly result: LoopResult;
  /** What Library match saw before the agent, or in its place. */
  readonly first: FirstLook | null;
}): Verdict {
  const { deps, settings, setup, result, first } = ended;
  const { request } = setup;
  const { backbone, processor } = deps.model;
  const { card } = backbone;
  const { part, recipe, thresholds } = request;
  const { steps, traceImages, assets } = setup.recorder;
  const triaged = first?.result?.triaged ?? null;
  const judged = triaged ? judgeTriaged(triaged) : judgeAnswer(request, deps, result);
  const libraryMatch = build.summariseLibraryMatch(steps, first?.match ?? null);
  const regions = triaged
    ? regionsOfTriaged(triaged, libraryMatch!, steps[0]!.id, traceImages[0]!.frame)
    : build.collectRegions({ ...result, label: judged.label, images: traceImages, steps });
  const sum = (pick: (step: TraceStep) => number) => steps.reduce((total, step) => total + pick(step), 0);
  const takenOver = (setup.start?.steps ?? []).reduce((total, { ms }) => total + ms.prefill + ms.decode + ms.tool, 0);
  return {
    schema: 'agentiad-verdict/1',
    id: setup.id,
    created: setup.created,
    status: result.status,
    verdict: judged,
    agentAnswer: result.answer,
    libraryMatch,
    regions,
    claims: triaged
      ? [claimOfTriaged(triaged, regions, steps[0]!.id)]
      : build.collectClaims(result.answer, regions, steps),
    // Library match sees the part reduced; the agent saw nothing.
    coverage: { share: triaged ? 0 : shareSeen(part.raster, traceImages, assets, processor, areasOf(request)) },
    exemplars: build.collectExemplars(steps),
    ...(libraryMatch && { comparedExemplars: comparedExemplars(request) }),
    steps: summariseSteps(steps, result.status),
    part: { category: request.category, ...setup.partFields },
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
    tower: deps.tower ? { id: deps.tower.id, sha256: deps.tower.sha256 } : null,
    recipe: recipe ? { id: recipe.id, version: recipe.version, name: recipe.name } : null,
    settings: {
      mode: request.mode,
      types: request.types,
      ...thresholds,
      ...settingsOf(request, backbone.card),
      maxToolCalls: settings.limits.maxToolCalls,
      temperature: settings.temperature,
      seed: request.seed,
      promptSha256: sha256Hex(encodeUtf8(`${setup.system}\n${setup.userText}`)),
    },
    timings: {
      totalMs: deps.clock() - setup.started + takenOver,
      modelMs: sum(({ ms }) => ms.prefill + ms.decode),
      toolMs: sum(({ ms }) => ms.tool) + (triaged ? 0 : (first?.ms ?? 0)),
    },
    human: null,
    warnings: [...setup.warnings, ...(first?.warnings ?? []), ...(setup.policy.warnings ?? [])],
    errors: result.errors,
    isSimulated: false,
  };
}

/** What the recipe says beyond thresholds, mode and types, as far as it says anything. */
function settingsOf({ mode, recipe }: InspectionRequest, card: ModelCard): Partial<Verdict['settings']> {
  if (!recipe) return {};
  const { areas, pixelCap, triage } = recipe;
  const { specification } = specificationFor({ recipe }, card);
  return {
    tools: allowedTools({ mode, recipe }),
    ...(!isWholeImage(areas) && { areas }),
    ...(pixelCap !== null && { pixelCap }),
    ...(triage !== null && { triage }),
    ...(specification !== '' && { specification }),
  };
}

function comparedExemplars({ library, part }: InspectionRequest) {
  const hashes = usableExemplars(library, part.sha256).map(({ sha256 }) => sha256);
  return { count: hashes.length, sha256: sha256Hex(encodeUtf8(hashes.toSorted().join('\n'))) };
}

/** Share of what is inspected of the part that `images` show at full resolution. */
export function shareSeen(
  part: Size,
  images: readonly TraceImage[],
  assets: Readonly<Record<string, TraceAsset>>,
  processor: ProcessorConfig,
  areas: Areas,
): number {
  return coverageShare(part, placesSeen(images, assets, processor), areas);
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
