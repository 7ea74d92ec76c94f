/**
 * AdamW (Loshchilov & Hutter 2019) on host arrays: for a model of a few million parameters the update is cheaper here
 * than as hundreds of small tensor operations, and the same on every backend.
 */
export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export const ADAMW_DEFAULTS: AdamWOptions = { beta1: 0.9, beta2: 0.95, epsilon: 1e-8, weightDecay: 0.01 };

export interface AdamW {
  /** Updates `values` in place; `decays` says whether weight decay applies to this parameter. */
  update(name: string, values: Float32Array, gradient: Float32Array, learningRate: number, decays: boolean): void;
  /** Call once per step, before its updates. */
  nextStep(): void;
}

export function createAdamW(options: AdamWOptions = ADAMW_DEFAULTS): AdamW {
  const { beta1, beta2, epsilon, weightDecay } = options;
  const moments = new Map<string, { first: Float32Array; second: Float32Array }>();
  let step = 0;
  return {
    nextStep() {
      step++;
    },
    update(name, values, gradient, learningRate, decays) {
      const known = moments.get(name);
      const { first, second } = known ?? {
        first: new Float32Array(values.length),
        second: new Float32Array(values.length),
      };
      if (!known) moments.set(name, { first, second });
      const correction1 = 1 - beta1 ** step;
      const correction2 = 1 - beta2 ** step;
      const keep = decays ? 1 - learningRate * weightDecay : 1;
      for (let i = 0; i < values.length; i++) {
        const g = gradient[i]!;
        first[i] = beta1 * first[i]! + (1 - beta1) * g;
        second[i] = beta2 * second[i]! + (1 - beta2) * g * g;
        const step1 = first[i]! / correction1 / (Math.sqrt(second[i]! / correction2) + epsilon);
        values[i] = keep * values[i]! - learningRate * step1;
      }
    },
  };
}

/** Factor that brings the global norm of `gradients` down to `maxNorm`; 1 when it is below. */
export function clipFactor(gradients: Iterable<Float32Array>, maxNorm: number): { factor: number; norm: number } {
  let sum = 0;
  for (const gradient of gradients) for (const value of gradient) sum += value * value;
  const norm = Math.sqrt(sum);
  return { factor: norm > maxNorm ? maxNorm / norm : 1, norm };
}
