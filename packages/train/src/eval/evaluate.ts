/** Runs the agent over labelled cases, exactly as the studio and `inspect` do, and keeps what the report needs. */
import { inspect } from '@agentiad/core/agent/inspect.ts';
import { userPrompt } from '@agentiad/core/agent/prompt.ts';
import type { InspectOptions } from '@agentiad/core/agent/inspect.ts';
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import type { Grid } from '@agentiad/core/model/positions.ts';
import { inferenceFlops } from '@agentiad/core/model/flops.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { MODES } from '@agentiad/core/protocol/modes.ts';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { promptCategory, withMemory } from '../trajectories/build.ts';
import type { BaselineScore } from './baselines.ts';
import { thresholded } from './baselines.ts';
import { askedCrops, bestIou, unionIou } from './boxes.ts';
import type { Decision } from '@agentiad/core/validation/metrics.ts';
import type { ToolCall } from './toolStatistics.ts';

export interface Outcome extends Decision {
  readonly id: string;
  /** Where the case comes from, e.g. `procedural`, `DS-MVTec`. */
  readonly dataset: string;
  readonly category: string;
  readonly truthType: string | null;
  readonly saidType: string | null;
  /** Largest IoU of a defect region with a true box; null when there is no true box. */
  readonly iou: number | null;
  /** IoU of all defect regions with all true boxes, as areas. */
  readonly unionIou: number | null;
  /** Largest IoU of a crop that was asked for with a true box. */
  readonly cropIou: number | null;
  readonly calls: readonly ToolCall[];
  /** Library match of the whole part, when the agent asked for it. */
  readonly libraryMatch: BaselineScore | null;
  readonly ms: number;
  readonly flops: number;
  readonly errors: readonly string[];
}

export interface EvaluationSetup {
  readonly mode: Mode;
  readonly seed: number;
  /** Replaces the exemplars of a case: the wrong-exemplar control. */
  readonly exemplarsOf?: (example: LabelledCase, index: number) => ExemplarSet;
  readonly options?: InspectOptions;
  /** Data set of a case, where its source is a collection of several; default: its source. */
  readonly datasetOf?: (example: LabelledCase) => string;
  readonly onOutcome?: (outcome: Outcome, index: number) => void;
  /** The whole record of a case, for what a report shows of it; not kept here. */
  readonly onTrace?: (trace: Trace, outcome: Outcome, example: LabelledCase) => void | Promise<void>;
}

export async function evaluateCases(
  cases: readonly LabelledCase[],
  deps: InspectionDeps,
  setup: EvaluationSetup,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let library = withMemory({ category: '', exemplars: [] });
  for (const [index, example] of cases.entries()) {
    const part = await example.part();
    // Cases with the same exemplars share one library, whose features are then computed once.
    const exemplars = setup.exemplarsOf?.(example, index) ?? example.exemplars;
    if (hashes(exemplars) !== hashes(library)) library = withMemory(exemplars);
    const trace = await inspect(
      {
        part,
        category: promptCategory(example),
        types: example.types,
        mode: setup.mode,
        library,
        thresholds: DEFAULT_THRESHOLDS,
        seed: setup.seed,
        recipe: null,
      },
      deps,
      setup.options,
    );
    const outcome = summarise(example, trace, deps, (setup.datasetOf ?? sourceOf)(example));
    outcomes.push(outcome);
    await setup.onTrace?.(trace, outcome, example);
    setup.onOutcome?.(outcome, index);
  }
  return outcomes;
}

function hashes({ exemplars }: ExemplarSet): string {
  return exemplars.map(({ sha256 }) => sha256).join();
}

/** The prompt of a case as text, for the text-only baseline. */
export function promptOf(example: LabelledCase, mode: Mode): string {
  return userPrompt({ category: promptCategory(example), types: example.types, offered: MODES[mode] })
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('');
}

function sourceOf({ source }: LabelledCase): string {
  return source;
}

function summarise(example: LabelledCase, trace: Trace, deps: InspectionDeps, dataset: string): Outcome {
  const { verdict } = trace;
  const answer = verdict.status === 'complete' ? verdict.agentAnswer : null;
  const defects = verdict.regions.filter(({ kind }) => kind === 'defect').map(({ box }) => box);
  const truths = example.boxes.map(({ box }) => box);
  const against = (measure: () => number) => (truths.length === 0 ? null : measure());
  const { config } = deps.model.backbone;
  const tokens = (pick: (step: Trace['steps'][number]) => number) =>
    trace.steps.reduce((sum, step) => sum + pick(step), 0);
  return {
    id: example.id,
    dataset,
    category: promptCategory(example),
    label: example.label,
    saysAnomalous: answer?.anomaly_present ?? null,
    score: verdict.verdict.score,
    truthType: example.type,
    saidType: answer?.top_anomaly ?? null,
    iou: against(() => bestIou(defects, truths)),
    unionIou: against(() => unionIou(defects, truths)),
    cropIou: against(() => bestIou(askedCrops(trace), truths)),
    // A turn without an observation is the answer: an unparsable one is no invalid call.
    calls: trace.steps.flatMap(({ call, observation }) =>
      observation ? [{ tool: call?.name ?? null, ok: !observation.isError }] : [],
    ),
    libraryMatch: wholeMatch(trace),
    ms: verdict.timings.totalMs,
    flops: inferenceFlops(config, {
      promptTokens: tokens((step) => step.tokens.prefilled),
      generatedTokens: tokens((step) => step.tokens.generated),
      imageGrids: trace.images.map(({ asset }) => gridOf(trace.assets[asset]!, config.vision.patchSize)),
    }).total,
    errors: verdict.errors.map(({ message }) => message),
  };
}

function wholeMatch(trace: Trace): BaselineScore | null {
  const { libraryMatch } = trace.verdict;
  const wasWhole = trace.steps.some(({ call }) => call?.name === 'difference' && call.arguments['target_image'] === 1);
  return libraryMatch && wasWhole ? thresholded(libraryMatch) : null;
}

function gridOf(asset: { width: number; height: number }, patchSize: number): Grid {
  return { width: asset.width / patchSize, height: asset.height / patchSize };
}
