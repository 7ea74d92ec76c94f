import { describe, expect, it } from 'vitest';
import { clipFactor, createAdamW } from './adamw.ts';

const OPTIONS = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };

/** AdamW as Loshchilov & Hutter write it (algorithm 2), one parameter, float64. */
function reference(start: number, gradients: readonly number[], rate: number, decay: number): number {
  let [theta, m, v] = [start, 0, 0];
  gradients.forEach((g, index) => {
    m = 0.9 * m + 0.1 * g;
    v = 0.99 * v + 0.01 * g * g;
    const mHat = m / (1 - 0.9 ** (index + 1));
    const vHat = v / (1 - 0.99 ** (index + 1));
    theta = theta - rate * (mHat / (Math.sqrt(vHat) + 1e-8) + decay * theta);
  });
  return theta;
}

function run(start: number, gradients: readonly number[], decays: boolean): number {
  const optimiser = createAdamW(OPTIONS);
  const values = Float32Array.of(start);
  for (const gradient of gradients) {
    optimiser.nextStep();
    optimiser.update('w', values, Float32Array.of(gradient), 0.01, decays);
  }
  return values[0]!;
}

describe('AdamW', () => {
  it('moves by the learning rate on the first step, whatever the size of the gradient', () => {
    for (const gradient of [1e-3, 1, 500]) expect(run(2, [gradient], false)).toBeCloseTo(2 - 0.01, 6);
    expect(run(2, [-3], false)).toBeCloseTo(2 + 0.01, 6);
  });

  it('follows the published algorithm over several steps', () => {
    const gradients = [0.5, -0.2, 0.8, 0.05, -1.5];
    expect(run(1.5, gradients, false)).toBeCloseTo(reference(1.5, gradients, 0.01, 0), 6);
    expect(run(1.5, gradients, true)).toBeCloseTo(reference(1.5, gradients, 0.01, 0.1), 6);
  });

  it('decays weights apart from the gradient: with none, by exactly rate x decay', () => {
    expect(run(4, [0], true)).toBeCloseTo(4 * (1 - 0.01 * 0.1), 6);
    expect(run(4, [0], false)).toBe(4);
  });

  it('keeps moments per parameter', () => {
    const optimiser = createAdamW(OPTIONS);
    const [a, b] = [Float32Array.of(1), Float32Array.of(1)];
    for (const [ga, gb] of [
      [1, -2],
      [0.5, 3],
    ] as const) {
      optimiser.nextStep();
      optimiser.update('a', a, Float32Array.of(ga), 0.01, false);
      optimiser.update('b', b, Float32Array.of(gb), 0.01, false);
    }
    expect(a[0]).toBeCloseTo(reference(1, [1, 0.5], 0.01, 0), 6);
    expect(b[0]).toBeCloseTo(reference(1, [-2, 3], 0.01, 0), 6);
  });
});

describe('clipFactor', () => {
  it('scales the norm over all parameters together down to the limit', () => {
    expect(clipFactor([Float32Array.of(3), Float32Array.of(0, 4)], 1)).toEqual({ factor: 0.2, norm: 5 });
  });

  it('leaves smaller gradients alone', () => {
    expect(clipFactor([Float32Array.of(0.3), Float32Array.of(0.4)], 1).factor).toBe(1);
    expect(clipFactor([Float32Array.of(0)], 1)).toEqual({ factor: 1, norm: 0 });
  });
});
