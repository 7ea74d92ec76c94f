/** The figures of one run of the agent over labelled parts (design §6): everything that follows from its outcomes alone. */
import { createRandom } from '@agentiad/core/support/random.ts';
import type { BoxScores } from './boxes.ts';
import { boxScores } from './boxes.ts';
import type { Interval } from '@agentiad/core/validation/bootstrap.ts';
import { bootstrapIntervals } from '@agentiad/core/validation/bootstrap.ts';
import type { ReliabilityBin } from '@agentiad/core/validation/reliability.ts';
import { brierScore, expectedCalibrationError, reliabilityBins } from '@agentiad/core/validation/reliability.ts';
import type { Outcome } from './evaluate.ts';
import type { GroupRates, MacroRates } from './groups.ts';
import { macroOf, ratesBy } from './groups.ts';
import type { Decision, Rates } from '@agentiad/core/validation/metrics.ts';
import { computeRates, mean, median } from '@agentiad/core/validation/metrics.ts';
import type { BestF1 } from '@agentiad/core/validation/ranking.ts';
import { averagePrecision, bestF1, computeAuroc } from '@agentiad/core/validation/ranking.ts';
import type { ToolStatistics } from './toolStatistics.ts';
import { toolStatistics } from './toolStatistics.ts';
import type { TypeScores } from './types.ts';
import { typeScores } from './types.ts';

export const INTERVALS = {
  accuracy: (sample) => computeRates(sample).accuracy,
  balancedAccuracy: (sample) => computeRates(sample).balancedAccuracy,
  f1: (sample) => computeRates(sample).f1,
  auroc: computeAuroc,
  averagePrecision,
} as const satisfies Record<string, (sample: readonly Decision[]) => number>;

export type IntervalName = keyof typeof INTERVALS;

/** What is told of every method alike: the agent, each baseline, each control. */
export interface Summary extends Rates {
  readonly auroc: number;
  readonly averagePrecision: number;
  /** Of the balanced accuracy. */
  readonly ci95: Interval;
}

export interface EvalReport extends Summary {
  /** 95 % bootstrap over images, drawn within each label. */
  readonly intervals: Readonly<Record<IntervalName, Interval>>;
  /** Chosen on these very cases, hence optimistic. */
  readonly f1Max: BestF1 & { readonly chosenOn: 'test' };
  readonly ece: number;
  readonly brier: number;
  readonly reliability: readonly ReliabilityBin[];
  /** Counted as wrong. */
  readonly unparsable: number;
  readonly perCategory: Readonly<Record<string, GroupRates>>;
  readonly perDataset: Readonly<Record<string, GroupRates>>;
  /** Groups weigh alike (macro); the figures above weigh images alike (micro). */
  readonly macro: { readonly categories: MacroRates; readonly datasets: MacroRates };
  readonly type: TypeScores;
  /** Best pair of a defect region and a true box; `union`: all against all, as areas; `crop`: where it zoomed in. */
  readonly box: BoxScores & { readonly union: BoxScores; readonly crop: BoxScores };
  readonly tools: ToolStatistics;
  readonly timing: { readonly medianMs: number; readonly gflopPerInspection: number };
}

export function summarise(decisions: readonly Decision[], seed: number): Summary {
  const { balancedAccuracy } = INTERVALS;
  return {
    ...computeRates(decisions),
    auroc: computeAuroc(decisions),
    averagePrecision: averagePrecision(decisions),
    ci95: bootstrapIntervals(decisions, { balancedAccuracy }, createRandom(seed)).balancedAccuracy,
  };
}

export function buildReport(outcomes: readonly Outcome[], seed: number): EvalReport {
  const intervals = bootstrapIntervals<Decision, IntervalName>(outcomes, INTERVALS, createRandom(seed));
  const perCategory = ratesBy(outcomes, ({ category }) => category);
  const perDataset = ratesBy(outcomes, ({ dataset }) => dataset);
  const known = (pick: (outcome: Outcome) => number | null) =>
    boxScores(outcomes.map(pick).filter((iou): iou is number => iou !== null));
  return {
    ...computeRates(outcomes),
    auroc: computeAuroc(outcomes),
    averagePrecision: averagePrecision(outcomes),
    ci95: intervals.balancedAccuracy,
    intervals,
    f1Max: { ...bestF1(outcomes), chosenOn: 'test' },
    ece: expectedCalibrationError(outcomes),
    brier: brierScore(outcomes),
    reliability: reliabilityBins(outcomes),
    unparsable: outcomes.filter(({ saysAnomalous }) => saysAnomalous === null).length,
    perCategory,
    perDataset,
    macro: { categories: macroOf(perCategory), datasets: macroOf(perDataset) },
    type: typeScores(
      outcomes,
      outcomes.map(({ label }) => label),
    ),
    box: {
      ...known(({ iou }) => iou),
      union: known(({ unionIou }) => unionIou),
      crop: known(({ cropIou }) => cropIou),
    },
    tools: toolStatistics(outcomes.map(({ calls }) => calls)),
    timing: {
      medianMs: median(outcomes.map(({ ms }) => ms)),
      gflopPerInspection: mean(outcomes.map(({ flops }) => flops)) / 1e9,
    },
  };
}
