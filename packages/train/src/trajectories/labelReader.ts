/**
 * How likely a part is defective, from what Library match said of it: a logistic regression on the readings of the
 * demonstrations that never falls when a reading rises. Rehearsals draw their answers from it, so that a student learns the
 * tendency and not each demonstration's own luck.
 */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Comparison, Readings } from './readings.ts';

/** Weight of the penalty on squared coefficients (not on the constants). */
const RIDGE = 1;
/** Passes over all coefficients; the objective is convex and has long come to rest. */
const PASSES = 200;
/** Fewest demonstrations with a comparison that a tendency is read from. */
const FEWEST = 40;
/** Ratios around which the tendency may rise faster, and half the width of such a rise (of the logarithm). */
const RISES = { at: [0.6, 0.75, 0.9, 1, 1.1, 1.25, 1.5], half: 0.15 } as const;

/** Probability 0..1 that a part with these comparisons is defective. */
export type LabelReader = (comparisons: readonly Comparison[]) => number;

interface Features {
  /** Weights of either sign. */
  readonly constants: readonly number[];
  /** Rise with the readings: weights of 0 or more. */
  readonly rising: readonly number[];
}

/** Throws a UserError when there are too few demonstrations, or all of one label. */
export function fitLabelReader(readings: readonly Readings[]): LabelReader {
  const labels = readings.map(({ label }) => Number(label === 'anomalous'));
  if (readings.length < FEWEST || new Set(labels).size < 2) throw tooFew(readings.length);
  const features = readings.map(({ comparisons }) => featuresOf(comparisons));
  const free = features[0]!.constants.length;
  const weights = descend(features.map(rowOf), labels, free);
  return (comparisons) => sigmoid(dot(weights, rowOf(featuresOf(comparisons))));
}

const rowOf = ({ constants, rising }: Features) => [...constants, ...rising];

/**
 * Score and peak of the whole part, score of the crop: logarithm and rises of each; with too few known-good parts to
 * calibrate, logarithms on a scale of their own. A part without a crop counts as one whose crop differs as good ones do.
 */
function featuresOf([whole, crop]: readonly Comparison[]): Features {
  const logarithms = [whole?.score, whole?.peak, crop?.score].map((ratio) => Math.log(Math.max(0.1, ratio ?? 1)));
  const rising = logarithms.flatMap((value) => [value, ...RISES.at.map((at) => riseAt(Math.log(at), value))]);
  const isAlone = whole?.percentile === null;
  return {
    constants: [1, Number(isAlone)],
    rising: [...rising.map((value) => (isAlone ? 0 : value)), ...logarithms.map((value) => (isAlone ? value : 0))],
  };
}

/** From -1 well below to 1 well above. */
function riseAt(at: number, value: number): number {
  return Math.min(1, Math.max(-1, (value - at) / RISES.half));
}

/**
 * Newton's step for one coefficient after another on the penalised log-likelihood, cut off at 0 for those after the first
 * `free` ones.
 */
function descend(rows: readonly number[][], labels: readonly number[], free: number): number[] {
  const weights = rows[0]!.map(() => 0);
  const logits = rows.map(() => 0);
  for (let pass = 0; pass < PASSES; pass++) {
    for (let j = 0; j < weights.length; j++) {
      const ridge = j < free ? 0 : RIDGE;
      let slope = ridge * weights[j]!;
      let curvature = ridge + 1e-6;
      rows.forEach((row, i) => {
        const value = row[j]!;
        if (value === 0) return;
        const probability = sigmoid(logits[i]!);
        slope += (probability - labels[i]!) * value;
        // A quarter is the most a logistic curve bends: no step overshoots.
        curvature += 0.25 * value * value;
      });
      const next = weights[j]! - slope / curvature;
      const change = (j < free ? next : Math.max(0, next)) - weights[j]!;
      weights[j]! += change;
      if (change !== 0) rows.forEach((row, i) => (logits[i]! += change * row[j]!));
    }
  }
  return weights;
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
const sigmoid = (value: number) => 1 / (1 + Math.exp(-value));

function tooFew(count: number): UserError {
  return new UserError({
    code: 'too-few-readings',
    subject: 'Rehearsed readings (sft.drills.echoes)',
    reason: `${count} demonstrations that compare, or none of one label: no tendency can be read from them.`,
    remedy: `Build at least ${FEWEST} demonstrations in mode full, good and defective, or set echoes to 0.`,
  });
}
