import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { testBackends, useTestBackend } from '@agentiad/core/model/testBackend.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { estimateKl, KL_ESTIMATORS } from './kl.ts';
import type { LossSettings, TokenPlan } from './objective.ts';
import { grpoObjective } from './objective.ts';
import type { Aggregation } from './plan.ts';
import { sequenceWeights } from './plan.ts';

const SETTINGS: LossSettings = {
  clipLow: 0.2,
  clipHigh: 0.28,
  dualClip: 3,
  ratio: 'token',
  klWeight: 0,
  klEstimator: 'k3',
};

/** Loss and gradient at `logProbabilities`. */
async function evaluate(logProbabilities: readonly number[], plan: TokenPlan, settings: LossSettings) {
  const input = tf.tensor1d([...logProbabilities]);
  const objective = grpoObjective(plan, settings);
  const { value, grad } = tf.valueAndGrad((x) => objective(x as tf.Tensor1D))(input);
  const result = { loss: (await value.data())[0]!, gradient: [...(await grad.data())] };
  tf.dispose([input, value, grad]);
  return result;
}

function makePlan(
  fields: Partial<Record<'old' | 'reference' | 'advantages' | 'weights', readonly number[]>>,
): TokenPlan {
  const count = Object.values(fields)[0]!.length;
  const of = (values: readonly number[] | undefined, fill: number) =>
    Float32Array.from(values ?? Array.from({ length: count }, () => fill));
  return {
    old: of(fields.old, 0),
    reference: fields.reference ? of(fields.reference, 0) : null,
    advantages: of(fields.advantages, 1),
    weights: of(fields.weights, 1),
    starts: [0],
  };
}

describe.each(testBackends)('grpoObjective on %s', (backend) => {
  beforeAll(() => useTestBackend(backend));

  it.each([
    { a: 1, r: 1, loss: -1, slope: -1 },
    { a: 1, r: 1.5, loss: -1.28, slope: 0 },
    { a: 1, r: 0.5, loss: -0.5, slope: -0.5 },
    { a: -1, r: 0.5, loss: 0.8, slope: 0 },
    { a: -1, r: 1.5, loss: 1.5, slope: 1.5 },
    { a: -1, r: 4, loss: 3, slope: 0 },
    { a: 0, r: 2, loss: 0, slope: 0 },
  ])('G7: golden table 3.3, A $a and ratio $r give loss $loss and slope $slope', async ({ a, r, loss, slope }) => {
    const result = await evaluate([Math.log(r)], makePlan({ advantages: [a] }), SETTINGS);
    expect(result.loss).toBeCloseTo(loss, 5);
    expect(result.gradient[0]).toBeCloseTo(slope, 5);
  });

  it('G7: without dual clip a negative advantage has no bound above', async () => {
    const result = await evaluate([Math.log(4)], makePlan({ advantages: [-1] }), { ...SETTINGS, dualClip: null });
    expect(result.loss).toBeCloseTo(4, 4);
    expect(result.gradient[0]).toBeCloseTo(4, 4);
  });

  it('G6: at ratio 1 the gradient is -A by log-probability, as finite differences say', async () => {
    const old = [-0.5, -1.5, -3];
    const advantages = [0.7, -1.2, 0];
    const plan = makePlan({ old, advantages });
    const { gradient } = await evaluate(old, plan, SETTINGS);
    for (const [index, advantage] of advantages.entries()) {
      expect(gradient[index]).toBeCloseTo(-advantage, 5);
      const moved = async (step: number) =>
        (
          await evaluate(
            old.map((value, at) => value + (at === index ? step : 0)),
            plan,
            SETTINGS,
          )
        ).loss;
      expect(((await moved(0.01)) - (await moved(-0.01))) / 0.02).toBeCloseTo(-advantage, 3);
    }
  });

  it.each([
    { d: 0, k1: 0, k2: 0, k3: 0, slope: 0 },
    { d: 0.1, k1: 0.1, k2: 0.005, k3: 0.004837, slope: 0.095163 },
    { d: -0.1, k1: -0.1, k2: 0.005, k3: 0.005171, slope: -0.105171 },
    { d: 0.5, k1: 0.5, k2: 0.125, k3: 0.106531, slope: 0.393469 },
    { d: -0.5, k1: -0.5, k2: 0.125, k3: 0.148721, slope: -0.648721 },
    { d: 1, k1: 1, k2: 0.5, k3: 0.367879, slope: 0.632121 },
    { d: -1, k1: -1, k2: 0.5, k3: 0.718282, slope: -1.718282 },
  ])('G9: golden table 3.2 at d = $d, as metric and as loss', async ({ d, slope, ...golden }) => {
    const slopes = { k1: 1, k2: d, k3: slope };
    for (const klEstimator of KL_ESTIMATORS) {
      expect(estimateKl(klEstimator, d)).toBeCloseTo(golden[klEstimator], 6);
      // No advantage: only the penalty is left.
      const plan = makePlan({ reference: [-d], advantages: [0] });
      const { loss, gradient } = await evaluate([0], plan, { ...SETTINGS, klWeight: 2, klEstimator });
      expect(loss).toBeCloseTo(2 * golden[klEstimator], 5);
      expect(gradient[0]).toBeCloseTo(2 * slopes[klEstimator], 5);
    }
  });

  it('G9: k3 is never negative and 0 only where policy and reference agree', () => {
    for (let d = -3; d <= 3; d += 0.01) expect(estimateKl('k3', d)).toBeGreaterThan(0);
    expect(estimateKl('k3', 0)).toBe(0);
    expect(estimateKl('k3', 1e-9)).toBeGreaterThanOrEqual(0);
  });

  it('golden 3.3: the ratio of a sequence is the exponential of its mean difference, in tokens of the model only', async () => {
    const plan = makePlan({ old: [0, 0], weights: [0.5, 0.5] });
    const { loss, gradient } = await evaluate([0.1, 0.3], plan, { ...SETTINGS, ratio: 'sequence' });
    expect(-loss).toBeCloseTo(1.221403, 5);
    // Each token carries half of the mean.
    expect(gradient[0]).toBeCloseTo(-1.221403 / 2, 5);
    expect(gradient[1]).toBeCloseTo(-1.221403 / 2, 5);
  });

  it('a sequence that is over its bound stops, the one beside it goes on', async () => {
    const plan: TokenPlan = { ...makePlan({ old: [0, 0, 0], weights: [1, 1, 1] }), starts: [0, 2] };
    const { loss, gradient } = await evaluate([0.9, 0.1, 0.1], plan, { ...SETTINGS, ratio: 'sequence' });
    expect(gradient.slice(0, 2).map(Math.abs)).toEqual([0, 0]);
    expect(gradient[2]).toBeCloseTo(-Math.exp(0.1), 5);
    expect(-loss).toBeCloseTo(2 * 1.28 + Math.exp(0.1), 5);
  });

  it.each<[Aggregation, number]>([
    ['sequence-mean', 0],
    ['token-mean', 1 / 3],
    ['constant-length', 0.1],
  ])('golden 3.3: two rollouts of 2 and 4 tokens, A = +1 and -1, give %s %f', async (aggregation, expected) => {
    const [short, long] = sequenceWeights([2, 4], aggregation, 10) as [number, number];
    const plan = {
      ...makePlan({ advantages: [1, 1, -1, -1, -1, -1], weights: [short, short, long, long, long, long] }),
      starts: [0, 2],
    };
    const { loss, gradient } = await evaluate([0, 0, 0, 0, 0, 0], plan, SETTINGS);
    expect(loss).toBeCloseTo(expected, 6);
    expect(gradient[0]).toBeLessThan(0); // also where the loss is 0
  });

  it('G3: a group with equal rewards has no gradient', async () => {
    const { loss, gradient } = await evaluate([0.3, -0.4], makePlan({ advantages: [0, 0] }), SETTINGS);
    expect(Math.abs(loss)).toBe(0);
    expect(gradient.map(Math.abs)).toEqual([0, 0]);
  });

  it('agrees with its own finite differences everywhere between the corners, and leaks nothing', async () => {
    const random = createRandom(7);
    const count = 9;
    const draw = (spread: number) => Array.from({ length: count }, () => spread * (2 * random.next() - 1));
    const plan = {
      ...makePlan({ old: draw(1), reference: draw(1), advantages: draw(2), weights: draw(1).map(Math.abs) }),
      starts: [0, 4],
    };
    const at = draw(1);
    const before = tf.memory().numTensors;
    for (const ratio of ['token', 'sequence'] as const) {
      const settings: LossSettings = { ...SETTINGS, ratio, klWeight: 0.3 };
      const { gradient } = await evaluate(at, plan, settings);
      for (const index of at.keys()) {
        const moved = async (step: number) =>
          (
            await evaluate(
              at.map((value, place) => value + (place === index ? step : 0)),
              plan,
              settings,
            )
          ).loss;
        const difference = ((await moved(0.004)) - (await moved(-0.004))) / 0.008;
        expect(gradient[index]).toBeCloseTo(difference, 2);
      }
    }
    expect(tf.memory().numTensors).toBe(before);
  });
});
