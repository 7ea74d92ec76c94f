import { describe, expect, it } from 'vitest';
import type { Trained } from './adamw.ts';
import { clipGradient, createAdamW } from './adamw.ts';
import { ADAMW_CASES, adamwReference, errorOfChange, spansOf, valuesOf } from './adamwCases.ts';

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

/** A norm `n` and a matrix `w`, one value each. */
function makeModel(n: number, w: number): Trained & { uploads: number } {
  return {
    values: Float32Array.of(n, w),
    spans: [
      { name: 'n', shape: [1], from: 0, to: 1 },
      { name: 'w', shape: [1, 1], from: 1, to: 2 },
    ],
    uploads: 0,
    upload() {
      this.uploads++;
    },
  };
}

function run(start: number, gradients: readonly number[], decays: boolean): number {
  const model = decays ? makeModel(0, start) : makeModel(start, 0);
  const optimiser = createAdamW(2, OPTIONS);
  for (const gradient of gradients) optimiser.step(model, { values: Float32Array.of(gradient, gradient) }, 0.01);
  expect(model.uploads).toBe(gradients.length);
  return model.values[decays ? 1 : 0]!;
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

  it('decays matrices apart from the gradient: with none, by exactly rate x decay; norms and biases never', () => {
    expect(run(4, [0], true)).toBeCloseTo(4 * (1 - 0.01 * 0.1), 6);
    expect(run(4, [0], false)).toBe(4);
  });

  it.each(ADAMW_CASES)('is the float64 reference after clipping: $name', (own) => {
    const { start, gradients } = valuesOf(own);
    const model = { values: start.slice(), spans: spansOf(own), upload() {} };
    const optimiser = createAdamW(start.length, own.options);
    const { values, norms } = adamwReference(own);
    gradients.forEach((gradient, step) => {
      const clipped = { values: gradient.slice() };
      expect(clipGradient(clipped, own.maxNorm) / norms[step]!).toBeCloseTo(1, 6);
      optimiser.step(model, clipped, own.rates[step]!);
    });
    expect(errorOfChange(model.values, values, start)).toBeLessThan(1e-4);
  });

  it('keeps moments per value', () => {
    const model = makeModel(1, 1);
    const optimiser = createAdamW(2, { ...OPTIONS, weightDecay: 0 });
    optimiser.step(model, { values: Float32Array.of(1, -2) }, 0.01);
    optimiser.step(model, { values: Float32Array.of(0.5, 3) }, 0.01);
    expect(model.values[0]).toBeCloseTo(reference(1, [1, 0.5], 0.01, 0), 6);
    expect(model.values[1]).toBeCloseTo(reference(1, [-2, 3], 0.01, 0), 6);
  });

  it('goes on from a state bit for bit, in another optimiser', () => {
    const gradients = [0.5, -0.2, 0.8, 0.05].map((value) => ({ values: Float32Array.of(value, 2 * value) }));
    const [whole, halves] = [makeModel(1, 2), makeModel(1, 2)];
    const [one, first, second] = [0, 1, 2].map(() => createAdamW(2, OPTIONS));
    gradients.forEach((gradient) => one!.step(whole, gradient, 0.01));
    gradients.slice(0, 2).forEach((gradient) => first!.step(halves, gradient, 0.01));
    second!.restore(first!.state());
    gradients.slice(2).forEach((gradient) => second!.step(halves, gradient, 0.01));
    expect([...halves.values]).toEqual([...whole.values]);
    expect(second!.state()).toEqual(one!.state());
  });
});

describe('clipGradient', () => {
  it('scales the norm over all values together down to the limit', () => {
    const gradient = { values: Float32Array.of(3, 0, 4) };
    expect(clipGradient(gradient, 1)).toBe(5);
    [0.6, 0, 0.8].forEach((value, i) => expect(gradient.values[i]).toBeCloseTo(value, 6));
  });

  it('leaves smaller gradients alone', () => {
    const gradient = { values: Float32Array.of(0.3, 0.4) };
    expect(clipGradient(gradient, 1)).toBeCloseTo(0.5, 6);
    expect([...gradient.values]).toEqual([...Float32Array.of(0.3, 0.4)]);
    expect(clipGradient({ values: new Float32Array(1) }, 1)).toBe(0);
  });
});
