/** Cases of AdamW with their float64 reference, for the tests of its implementations. */
import { createRandom } from '@agentiad/core/support/random.ts';
import type { TrainedSpan } from '../nn/trainingModel.ts';
import type { AdamWOptions } from './adamw.ts';

export interface AdamWCase {
  readonly name: string;
  /** Shapes of the trained tensors, in flat order: those of more than one axis decay. */
  readonly shapes: readonly (readonly number[])[];
  /** Size of the gradients of each step. */
  readonly scales: readonly number[];
  readonly rates: readonly number[];
  readonly maxNorm: number;
  readonly options: AdamWOptions;
}

const options: AdamWOptions = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.05 };
const steps = [0.01, 0.02, 0.015, 0.001];

export const ADAMW_CASES: readonly AdamWCase[] = [
  { name: 'one norm', shapes: [[5]], scales: [1, 1], rates: [0.1, 0.1], maxNorm: 100, options },
  { name: 'one matrix', shapes: [[7, 9]], scales: [1, 2, 0.5, 1], rates: steps, maxNorm: 1e9, options },
  {
    name: 'norms and matrices in turn, clipped in some steps',
    shapes: [[4], [6, 8], [3, 5], [9], [2, 2], [1], [64]],
    scales: [0.01, 5, 0.02, 3],
    rates: steps,
    maxNorm: 1,
    options,
  },
  {
    name: 'gradients near epsilon, far below and far above it',
    shapes: [[300], [20, 10]],
    scales: [1e-8, 1e-12, 1e4, 1e-6],
    rates: steps,
    maxNorm: 1e9,
    options: { ...options, epsilon: 1e-6 },
  },
  {
    name: 'no decay',
    shapes: [[8, 8], [8]],
    scales: [1, 1],
    rates: [1, 1],
    maxNorm: 1,
    options: { ...options, weightDecay: 0 },
  },
];

/** Slow in JavaScript: for the device only. */
export const LARGE_CASE: AdamWCase = {
  name: 'more values than one row of workgroups has invocations',
  shapes: [[1500, 1500], [1000], [1400, 1400]],
  scales: [0.1],
  rates: [0.03],
  maxNorm: 1,
  options: { ...options, beta1: 0.95, beta2: 0.999 },
};

export function spansOf({ shapes }: AdamWCase): TrainedSpan[] {
  let from = 0;
  return shapes.map((shape, index) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return { name: `tensor ${index}`, shape, from, to: (from += size) };
  });
}

/** Start values, and the gradient of every step. */
export function valuesOf(own: AdamWCase): { start: Float32Array; gradients: Float32Array[] } {
  const random = createRandom(11);
  const length = spansOf(own).at(-1)!.to;
  const draw = (scale: number) => Float32Array.from({ length }, () => scale * random.normal());
  return { start: draw(1), gradients: own.scales.map(draw) };
}

/** Algorithm 2 of Loshchilov & Hutter with clipping before it, in float64 throughout. */
export function adamwReference(own: AdamWCase): { values: Float64Array; norms: number[] } {
  const { start, gradients } = valuesOf(own);
  const { beta1, beta2, epsilon, weightDecay } = own.options;
  const values = Float64Array.from(start);
  const [first, second] = [new Float64Array(values.length), new Float64Array(values.length)];
  const norms: number[] = [];
  gradients.forEach((gradient, step) => {
    const norm = Math.sqrt(gradient.reduce((sum, value) => sum + value * value, 0));
    const factor = Math.min(1, own.maxNorm / norm);
    const rate = own.rates[step]!;
    norms.push(norm);
    for (const { shape, from, to } of spansOf(own)) {
      for (let i = from; i < to; i++) {
        const g = factor * gradient[i]!;
        first[i] = beta1 * first[i]! + (1 - beta1) * g;
        second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
        const mean = first[i]! / (1 - beta1 ** (step + 1));
        const spread = Math.sqrt(second[i]! / (1 - beta2 ** (step + 1)));
        const decay = shape.length > 1 ? weightDecay * values[i]! : 0;
        values[i]! -= rate * (mean / (spread + epsilon) + decay);
      }
    }
  });
  return { values, norms };
}

/** Largest |actual - wanted|, of the largest change that was wanted. */
export function errorOfChange(actual: Float32Array, wanted: Float64Array, start: Float32Array): number {
  let [error, change] = [0, 0];
  wanted.forEach((value, i) => {
    error = Math.max(error, Math.abs(actual[i]! - value));
    change = Math.max(change, Math.abs(value - start[i]!));
  });
  return error / change;
}
