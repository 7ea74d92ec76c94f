/** The evaluation report of one mode (design §6): rates with intervals, tools, boxes, baselines beside them. */
import { createRandom } from '@agentiad/core/support/random.ts';
import type { Outcome } from './evaluate.ts';
import type { Rates } from './metrics.ts';
import { bootstrapInterval, computeAuroc, computeRates, expectedCalibrationError } from './metrics.ts';

export type Interval = readonly [number, number];

export interface EvalReport extends Rates {
  readonly auroc: number;
  /** 95 % bootstrap interval of the balanced accuracy. */
  readonly ci95: Interval;
  readonly ece: number;
  readonly unparsable: number;
  readonly perCategory: Readonly<Record<string, { n: number; balancedAccuracy: number }>>;
  readonly type: { readonly accuracy: number };
  readonly box: { readonly hit50: number; readonly meanIoU: number };
  readonly tools: {
    readonly validity: number;
    readonly cropRate: number;
    readonly queryRate: number;
    readonly differenceRate: number;
    readonly callsPerImage: number;
  };
  readonly timing: { readonly medianMs: number; readonly gflopPerInspection: number };
}

export function buildReport(outcomes: readonly Outcome[], seed: number): EvalReport {
  const used = (tool: string) => mean(outcomes.map(({ calls }) => Number(calls.some((call) => call.tool === tool))));
  const calls = outcomes.flatMap((outcome) => outcome.calls);
  const boxed = outcomes.filter(({ iou }) => iou !== null);
  const typed = outcomes.filter(({ truthType }) => truthType !== null);
  const categories = [...new Set(outcomes.map(({ category }) => category))].sort();
  return {
    ...computeRates(outcomes),
    auroc: computeAuroc(outcomes),
    ci95: bootstrapInterval(outcomes, (sample) => computeRates(sample).balancedAccuracy, createRandom(seed)),
    ece: expectedCalibrationError(outcomes),
    unparsable: outcomes.filter(({ saysAnomalous }) => saysAnomalous === null).length,
    perCategory: Object.fromEntries(
      categories.map((category) => {
        const own = outcomes.filter((outcome) => outcome.category === category);
        return [category, { n: own.length, balancedAccuracy: computeRates(own).balancedAccuracy }];
      }),
    ),
    type: { accuracy: mean(typed.map(({ saidType, truthType }) => Number(saidType === truthType))) },
    box: {
      hit50: mean(boxed.map(({ iou }) => Number(iou! > 0.5))),
      meanIoU: mean(boxed.map(({ iou }) => iou!)),
    },
    tools: {
      validity: calls.length === 0 ? 1 : mean(calls.map(({ ok }) => Number(ok))),
      cropRate: used('crop_image_normalized'),
      queryRate: used('query_image'),
      differenceRate: used('difference'),
      callsPerImage: calls.length / outcomes.length,
    },
    timing: {
      medianMs: median(outcomes.map(({ ms }) => ms)),
      gflopPerInspection: mean(outcomes.map(({ flops }) => flops)) / 1e9,
    },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}
