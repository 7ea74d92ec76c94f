/** One evaluation, whole: the agent, its baselines and controls over the same cases, put into one report. */
import type { InspectionDeps } from '@agentiad/core/agent/request.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { stratifiedFolds, textOnlyAccuracy } from '../data/textOnly.ts';
import type { BaselineRun } from './baselineRuns.ts';
import { runBaselines } from './baselineRuns.ts';
import { pairedInterval } from '@agentiad/core/validation/bootstrap.ts';
import { controlSetups } from './controls.ts';
import type { BaselineReport, DecidingBaseline, EvalDocument, Maybe } from './document.ts';
import { CONTROLS, NOT_MEASURED } from './document.ts';
import type { EvaluationSetup, Outcome } from './evaluate.ts';
import { evaluateCases, promptOf } from './evaluate.ts';
import { headlineOf } from './headline.ts';
import type { MaskReader } from './masks.ts';
import type { Decision } from '@agentiad/core/validation/metrics.ts';
import { computeRates } from '@agentiad/core/validation/metrics.ts';
import { f1At } from '@agentiad/core/validation/ranking.ts';
import type { PixelSample } from './pixels.ts';
import { pixelMetrics, samplePixels, wholeMap } from './pixels.ts';
import type { Summary } from './report.ts';
import { buildReport, summarise } from './report.ts';
import type { WorstCases } from './worstCases.ts';

export interface EvaluationPlan {
  readonly cases: readonly LabelledCase[];
  readonly deps: InspectionDeps;
  readonly mode: Mode;
  readonly seed: number;
  readonly withBaselines: boolean;
  readonly withControls: boolean;
  /** Decisions of a model that never had tools, over the same cases. */
  readonly noTool: readonly Decision[] | null;
  readonly openTraining: () => Promise<readonly LabelledCase[]>;
  readonly masks: MaskReader | null;
  readonly datasetOf?: EvaluationSetup['datasetOf'];
  /** Takes the cases that went wrong, with their traces. */
  readonly worst: WorstCases;
  /** Threshold that was best on other cases, and where from. */
  readonly validation: { readonly threshold: number; readonly from: string } | null;
  readonly scoreMmad: (outcomes: readonly Outcome[]) => Promise<EvalDocument['mmad']>;
  /** `stage`: what is being run; called after each case. */
  readonly onProgress: (stage: string, done: number, of: number) => void;
}

/** What the caller knows: where the data lies and what else belongs to the report's head. */
export type EvaluationHead = Pick<EvalDocument, 'created' | 'exemplars' | 'data'>;

export async function runEvaluation(plan: EvaluationPlan, head: EvaluationHead): Promise<EvalDocument> {
  const { cases, deps, mode, seed, worst, onProgress } = plan;
  const evaluate = (stage: string, setup: Partial<EvaluationSetup> = {}) =>
    evaluateCases(cases, deps, {
      mode,
      seed,
      datasetOf: plan.datasetOf,
      ...setup,
      onOutcome: (_outcome, index) => onProgress(stage, index + 1, cases.length),
    });
  const pixels: PixelSample[] = [];
  const outcomes = await evaluate(mode, {
    async onTrace(trace, outcome, example) {
      worst.add({ outcome, trace, truth: example.boxes.map(({ box }) => box) });
      const map = plan.masks && wholeMap(trace);
      const { image } = trace.verdict;
      const known = map && (await plan.masks!(example, image.orientationApplied));
      if (known) pixels.push(samplePixels(map, known.mask, image));
    },
  });
  const report = buildReport(outcomes, seed);
  const runs = plan.withBaselines
    ? await runBaselines({
        cases,
        deps,
        known: outcomes.map(({ libraryMatch }) => libraryMatch),
        openTraining: plan.openTraining,
        onCase: (done) => onProgress('baselines', done, cases.length),
      })
    : null;
  const always = cases.map(({ label }): Decision => ({ label, saysAnomalous: true, score: 1 }));
  const beside = (decisions: readonly Decision[], thresholds: BaselineReport['thresholds']) =>
    besideAgent(decisions, outcomes, thresholds, seed);
  const measured = (run: BaselineRun | undefined): Maybe<BaselineReport> =>
    run ? beside(run.decisions, run.thresholds) : NOT_MEASURED;
  const baselines: EvalDocument['baselines'] = {
    alwaysAnomalous: beside(always, null),
    textOnly: textOnlyAccuracy(
      cases.map((example) => promptOf(example, mode)),
      cases.map(({ label }) => label),
      stratifiedFolds(cases.map(({ label }) => label)),
    ),
    noTool: plan.noTool ? beside(plan.noTool, null) : NOT_MEASURED,
    pixelDiff: measured(runs?.pixelDiff),
    patchNN: measured(runs?.patchNN),
  };
  const decisions: Partial<Record<DecidingBaseline, readonly Decision[]>> = {
    ...(plan.noTool && { noTool: plan.noTool.map(bare) }),
    ...(runs && { pixelDiff: runs.pixelDiff.decisions, patchNN: runs.patchNN.decisions }),
  };
  return {
    schema: 'agentiad-eval/1',
    headline: headlineOf(report, baselines),
    ...report,
    f1AtValidation: plan.validation
      ? { value: f1At(outcomes, plan.validation.threshold), ...plan.validation }
      : NOT_MEASURED,
    baselines,
    controls: plan.withControls ? await runControls(cases, evaluate, seed) : NOT_MEASURED,
    pixels: pixelMetrics(pixels) ?? NOT_MEASURED,
    mmad: await plan.scoreMmad(outcomes),
    ...head,
    mode,
    model: { id: deps.model.backbone.card.id, sha256: deps.model.backbone.card.sha256, ...deps.runtime },
    outcomes,
    baselineDecisions: decisions,
  };
}

/** A baseline's figures; without a threshold for every case it has no decisions to rate, only a ranking. */
function besideAgent(
  decisions: readonly Decision[],
  outcomes: readonly Decision[],
  thresholds: BaselineReport['thresholds'],
  seed: number,
): BaselineReport {
  const summary = summarise(decisions, seed);
  const balanced = (sample: readonly Decision[]) => computeRates(sample).balancedAccuracy;
  const lead = {
    value: balanced(decisions) - balanced(outcomes),
    ci95: pairedInterval(outcomes, decisions, balanced, createRandom(seed)),
  };
  if (!thresholds || thresholds.none === 0) return { ...summary, lead, thresholds };
  const none = [NaN, NaN] as const;
  const unknown = { accuracy: NaN, balancedAccuracy: NaN, recall: NaN, specificity: NaN, precision: NaN, f1: NaN };
  return { ...summary, ...unknown, ci95: none, lead: { value: NaN, ci95: none }, thresholds };
}

async function runControls(
  cases: readonly LabelledCase[],
  evaluate: (stage: string, setup: Partial<EvaluationSetup>) => Promise<Outcome[]>,
  seed: number,
): Promise<Record<(typeof CONTROLS)[number], Maybe<Summary>>> {
  const setups = controlSetups(cases);
  const rows: [string, Maybe<Summary>][] = [];
  for (const name of CONTROLS) {
    const setup = setups[name];
    rows.push([name, setup ? summarise(await evaluate(name, setup), seed) : NOT_MEASURED]);
  }
  return Object.fromEntries(rows) as Record<(typeof CONTROLS)[number], Maybe<Summary>>;
}

function bare({ label, saysAnomalous, score }: Decision): Decision {
  return { label, saysAnomalous, score };
}
