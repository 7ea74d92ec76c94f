/**
 * How likely a part is defective, from what Library match said of it: a logistic regression on the readings of the
 * demonstrations. Rehearsals draw their answers from it, so that a student learns the tendency and not each
 * demonstration's own luck.
 */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Comparison, Readings } from './readings.ts';

/** Weight of the penalty on squared coefficients (not on the constant). */
const RIDGE = 1;
const ROUNDS = 30;
/** Fewest demonstrations with a comparison that a tendency is read from. */
const FEWEST = 40;

/** Probability 0..1 that a part with these comparisons is defective. */
export type LabelReader = (comparisons: readonly Comparison[]) => number;

/** Throws a UserError when there are too few demonstrations, or all of one label. */
export function fitLabelReader(readings: readonly Readings[]): LabelReader {
  const labels = readings.map(({ label }) => Number(label === 'anomalous'));
  if (readings.length < FEWEST || new Set(labels).size < 2) throw tooFew(readings.length);
  const rows = readings.map(({ comparisons }) => featuresOf(comparisons));
  let weights = rows[0]!.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) weights = newtonStep(rows, labels, weights);
  return (comparisons) => sigmoid(dot(weights, featuresOf(comparisons)));
}

/**
 * Constant; logarithms of score and peak of the whole part; whether there was nothing to calibrate with, and the score
 * then; logarithm of the crop's score. A part without a crop counts as one whose crop differs as good ones do.
 */
function featuresOf(comparisons: readonly Comparison[]): number[] {
  const [whole, crop] = comparisons;
  const logarithm = (ratio: number | undefined) => Math.log(Math.max(0.1, ratio ?? 1));
  const isAlone = Number(whole?.percentile === null);
  const score = logarithm(whole?.score);
  return [1, score * (1 - isAlone), logarithm(whole?.peak), isAlone, score * isAlone, logarithm(crop?.score)];
}

/** One step of Newton's method on the penalised log-likelihood. */
function newtonStep(rows: readonly number[][], labels: readonly number[], weights: readonly number[]): number[] {
  const size = weights.length;
  const gradient = weights.map((weight, i) => (i === 0 ? 0 : -RIDGE * weight));
  const hessian = weights.map((_, i) => weights.map((_, j) => (i === j && i > 0 ? RIDGE : 0)));
  rows.forEach((row, at) => {
    const probability = sigmoid(dot(weights, row));
    const curvature = Math.max(1e-6, probability * (1 - probability));
    for (let i = 0; i < size; i++) {
      gradient[i]! += (labels[at]! - probability) * row[i]!;
      for (let j = 0; j < size; j++) hessian[i]![j]! += curvature * row[i]! * row[j]!;
    }
  });
  const step = solve(hessian, gradient);
  return weights.map((weight, i) => weight + step[i]!);
}

/** Gaussian elimination with pivoting; `matrix` is positive definite. */
function solve(matrix: readonly number[][], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!]);
  const size = rows.length;
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row;
    }
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = 0; row < size; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / rows[column]![column]!;
      for (let k = column; k <= size; k++) rows[row]![k]! -= factor * rows[column]![k]!;
    }
  }
  return rows.map((row, i) => row[size]! / row[i]!);
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
