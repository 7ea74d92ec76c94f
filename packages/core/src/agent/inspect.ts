/** The main job: one image in, one trace out. `inspect` lets the model act; `inspectWith` takes any policy (training). */
import { checkDocument } from '../protocol/schema.ts';
import { summariseSteps } from '../protocol/stepSummary.ts';
import type { Trace } from '../protocol/trace.ts';
import type { ToolName } from '../protocol/modes.ts';
import { MODES } from '../protocol/modes.ts';
import type { Verdict } from '../protocol/verdict.ts';
import { assert } from '../support/assert.ts';
import { sha256Hex } from '../support/hash.ts';
import { encodeUtf8 } from '../support/utf8.ts';
import type { TokenRecord } from '../tokenizer/conversation.ts';
import { createConversation } from '../tokenizer/conversation.ts';
import { COMPARING_TOOLS } from '../tools/index.ts';
import { usableExemplars } from '../tools/query.ts';
import type { ConversationImage } from '../tools/tool.ts';
import type { Backbone } from '../model/backbone.ts';
import { coverageShare, fullyShown } from '../image/coverage.ts';
import { createGrammar } from './grammar.ts';
import { runLoop } from './loop.ts';
import { createModelPolicy } from './modelPolicy.ts';
import type { Policy } from './policy.ts';
import { systemPrompt, userPrompt } from './prompt.ts';
import { createRecorder } from './recorder.ts';
import { createRecoveringPolicy } from './recoveringPolicy.ts';
import type { InspectionDeps, InspectionRequest, LoopLimits } from './request.ts';
import { DEFAULT_LIMITS } from './request.ts';
import * as build from './verdict.ts';

export interface InspectOptions {
  readonly limits?: Partial<LoopLimits>;
  /** 0 = greedy. */
  readonly temperature?: number;
  /** Changes every image before model and tools see it, for controls. */
  readonly alterImage?: (image: ConversationImage) => ConversationImage;
}

/** Runs one inspection with the model. Resolves also for failed and interrupted ones: the trace keeps what was seen. */
export async function inspect(
  request: InspectionRequest,
  deps: InspectionDeps,
  options: InspectOptions = {},
): Promise<Trace> {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const temperature = options.temperature ?? 0;
  const { backbone } = deps.model;
  const { tokenizer, card } = backbone;
  const { trace } = await inspectWith(request, deps, { ...options, limits, temperature }, (endOfTurnId, offered) => {
    const grammar = card.tuned ? null : createGrammar({ tokenizer, endOfTurnId, offered, types: request.types });
    const { maxNewTokens } = limits;
    const settings = { endOfTurnId, grammar, maxNewTokens, temperature, topP: 0.95, seed: request.seed };
    const create = (on: Backbone) => createModelPolicy(on, settings);
    return deps.recovery ? createRecoveringPolicy(backbone, create, deps.recovery) : create(backbone);
  });
  return trace;
}

/** The same inspection with any policy acting; returns the token record beside the trace. */
export async function inspectWith(
  request: InspectionRequest,
  deps: InspectionDeps,
  settings: InspectOptions & { readonly limits: LoopLimits; readonly temperature: number },
  createPolicy: (endOfTurnId: number, offered: readonly ToolName[]) => Policy,
): Promise<{ trace: Trace; record: TokenRecord }> {
  const { backbone, processor, chatTemplate } = deps.model;
  const started = deps.clock();
  const id = deps.newId();
  const created = deps.now();
  const { offered, warnings } = offerTools(request, deps.match !== null);
  const library = request.library && request.library.exemplars.length > 0 ? request.library : null;
  const match = library && deps.match ? deps.match(library) : null;
  const system = systemPrompt(offered);
  const user = userPrompt(request.category, request.types, offered);
  const conversation = createConversation({
    tokenizer: backbone.tokenizer,
    chatTemplate,
    imageTokenId: backbone.config.special.image,
  });
  const recorder = createRecorder({
    processor,
    limits: settings.limits,
    alterImage: settings.alterImage,
    onEvent: request.onEvent ?? (() => {}),
  });
  const policy = createPolicy(conversation.endOfTurnId, offered);

  const result = await runLoop({
    request: { ...request, library },
    offered,
    system,
    user,
    match,
    limits: settings.limits,
    clock: deps.clock,
    conversation,
    recorder,
    policy,
  });
  policy.dispose();

  const { part, recipe, thresholds } = request;
  const decided = build.decide({ result, thresholds, doubt: build.findDoubt(request, backbone.card.sha256) });
  const { card } = backbone;
  const { steps, traceImages, assets, views } = recorder;
  const regions = build.collectRegions({ ...result, label: decided.label, images: traceImages, steps });
  const userText = user.map((content) => (content.type === 'text' ? content.text : '')).join('');
  const sum = (pick: (step: (typeof steps)[number]) => number) => steps.reduce((total, step) => total + pick(step), 0);
  const verdict: Verdict = {
    schema: 'agentiad-verdict/1',
    id,
    created,
    status: result.status,
    verdict: {
      ...decided,
      score: result.score,
      scoreKind: 'raw',
      scoreMeaning: build.SCORE_MEANING,
    },
    agentAnswer: result.answer,
    libraryMatch: build.summariseLibraryMatch(result.outcomes),
    regions,
    claims: build.collectClaims(result.answer, regions, result.outcomes, steps),
    coverage: {
      share: coverageShare(part.raster, fullyShown(views, (processor.patchSize * processor.mergeSize) / 2)),
    },
    exemplars: result.exemplars,
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
      promptSha256: sha256Hex(encodeUtf8(`${system}\n${userText}`)),
    },
    timings: {
      totalMs: deps.clock() - started,
      modelMs: sum(({ ms }) => ms.prefill + ms.decode),
      toolMs: sum(({ ms }) => ms.tool),
    },
    human: null,
    warnings: [...warnings, ...(policy.warnings ?? [])],
    errors: result.errors,
    isSimulated: false,
  };
  const trace: Trace = {
    schema: 'agentiad-trace/1',
    verdict,
    prompt: { system, user: userText },
    images: traceImages,
    steps,
    assets,
  };
  const checked = checkDocument('trace', trace);
  assert(checked.ok, `the trace does not fit its schema: ${checked.ok ? '' : checked.problems.join('; ')}`);
  request.onEvent?.({ type: 'finished', trace });
  return { trace, record: conversation.record };
}

/** Tools of the mode, less those that have nothing to compare with or to compare by; the verdict says so. */
function offerTools(
  request: InspectionRequest,
  hasTower: boolean,
): { offered: readonly ToolName[]; warnings: readonly string[] } {
  const wanted: readonly ToolName[] = MODES[request.mode];
  const isEmpty = usableExemplars(request.library, request.part.sha256).length === 0;
  const offered = wanted.filter((name) => {
    if (isEmpty && COMPARING_TOOLS.includes(name)) return false;
    return hasTower || name !== 'difference';
  });
  if (offered.length === wanted.length) return { offered, warnings: [] };
  if (!isEmpty) return { offered, warnings: ['Compared by eye only: Library match is not loaded.'] };
  const warning = request.library?.exemplars.length
    ? 'Not compared: the only known-good part in the library is this very image. Add other known-good parts.'
    : 'Not compared: there are no known-good parts of this category. Add 3 to 10 known-good parts.';
  return { offered, warnings: [warning] };
}
