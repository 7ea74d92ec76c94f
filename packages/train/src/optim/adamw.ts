/**
 * AdamW (Loshchilov & Hutter 2019) on the flat host copy of a model's trained values: cheaper than hundreds of small tensor
 * operations, and the same on every backend. (webgpu: `deviceAdamW.ts`.)
 */
import { assert } from '@agentiad/core/support/assert.ts';
import type { FlatGradient } from '../nn/gradients.ts';
import type { TrainedSpan, TrainingModel } from '../nn/trainingModel.ts';

export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export const ADAMW_DEFAULTS: AdamWOptions = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01 };

/** What the optimiser needs of a model. */
export type Trained = Pick<TrainingModel, 'spans' | 'values' | 'upload'>;

/** Moments in the flat order of the model. */
export interface AdamWState {
  /** Updates so far. */
  readonly step: number;
  readonly first: Float32Array;
  readonly second: Float32Array;
}

export interface AdamW {
  /** One update of `model.values`, uploaded. */
  step(model: Trained, gradient: FlatGradient, learningRate: number): void;
  /** A copy. */
  state(): AdamWState;
  restore(state: AdamWState): void;
}

/** Only matrices do, neither norms nor biases. */
export function decays({ shape }: TrainedSpan): boolean {
  return shape.length > 1;
}

/** For a model with `size` trained values. */
export function createAdamW(size: number, options: AdamWOptions = ADAMW_DEFAULTS): AdamW {
  const { beta1, beta2, epsilon, weightDecay } = options;
  const first = new Float32Array(size);
  const second = new Float32Array(size);
  let step = 0;
  return {
    step(model, { values: gradient }, learningRate) {
      const { values, spans } = model;
      assert(values.length === size && gradient.length === size, `an optimiser of ${size} values for another model`);
      step++;
      const correction1 = 1 - beta1 ** step;
      const correction2 = 1 - beta2 ** step;
      for (const span of spans) {
        const { from, to } = span;
        const keep = decays(span) ? 1 - learningRate * weightDecay : 1;
        for (let i = from; i < to; i++) {
          const g = gradient[i]!;
          first[i] = beta1 * first[i]! + (1 - beta1) * g;
          second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
          const update = first[i]! / correction1 / (Math.sqrt(second[i]! / correction2) + epsilon);
          values[i] = keep * values[i]! - learningRate * update;
        }
      }
      model.upload();
    },
    state: () => ({ step, first: first.slice(), second: second.slice() }),
    restore(state) {
      assert(state.first.length === size && state.second.length === size, 'moments of another model');
      step = state.step;
      first.set(state.first);
      second.set(state.second);
    },
  };
}

/** Scales `gradient` in place so that its global norm is at most `maxNorm`; returns the norm it had. */
export function clipGradient({ values }: FlatGradient, maxNorm: number): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  const norm = Math.sqrt(sum);
  if (norm > maxNorm) {
    const factor = maxNorm / norm;
    for (let i = 0; i < values.length; i++) values[i]! *= factor;
  }
  return norm;
}
