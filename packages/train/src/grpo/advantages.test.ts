import { describe, expect, it } from 'vitest';
import { createRandom } from '@agentiad/core/support/random.ts';
import { ADVANTAGES, groupAdvantages } from './advantages.ts';

const expectAll = (actual: readonly number[], expected: readonly number[]) => {
  expect(actual).toHaveLength(expected.length);
  actual.forEach((value, index) => expect(value).toBeCloseTo(expected[index]!, 5));
};

describe('groupAdvantages', () => {
  const third = 1 / 3;
  it.each([
    {
      rewards: [1, 0, 0, 1],
      mean: [0.5, -0.5, -0.5, 0.5],
      trl: [0.865875, -0.865875, -0.865875, 0.865875],
      verl: [0.866024, -0.866024, -0.866024, 0.866024],
      rloo: [2 * third, -2 * third, -2 * third, 2 * third],
    },
    {
      rewards: [1, 0, 0, 0],
      mean: [0.75, -0.25, -0.25, -0.25],
      trl: [1.4997, -0.4999, -0.4999, -0.4999],
      verl: [1.499997, -0.499999, -0.499999, -0.499999],
      rloo: [1, -third, -third, -third],
    },
    {
      rewards: [0.2, 0.9, 0.4, 0.5],
      mean: [-0.3, 0.4, -0.1, 0],
      trl: [-1.018703, 1.358271, -0.339568, 0],
      verl: [-1.019046, 1.358728, -0.339682, 0],
      rloo: [-0.4, 0.533333, -0.133333, 0],
    },
    {
      rewards: [1.725, 1.1, 0, 1.3],
      mean: [0.69375, 0.06875, -1.03125, 0.26875],
      trl: [0.943445, 0.093495, -1.402419, 0.365479],
      verl: [0.943572, 0.093507, -1.402608, 0.365528],
      rloo: [0.925, 0.091667, -1.375, 0.358333],
    },
  ])('golden table 3.1: rewards $rewards', ({ rewards, ...golden }) => {
    for (const kind of ADVANTAGES) expectAll(groupAdvantages(rewards, kind), golden[kind]);
  });

  it('G1: advantages of a group sum to 0, and follow their rollouts when these change places', () => {
    const random = createRandom(3);
    for (const kind of ADVANTAGES) {
      const rewards = Array.from({ length: 8 }, () => 3 * random.next() - 1);
      const advantages = groupAdvantages(rewards, kind);
      expect(Math.abs(advantages.reduce((sum, value) => sum + value, 0))).toBeLessThan(1e-6);
      expectAll(groupAdvantages(rewards.toReversed(), kind), advantages.toReversed());
    }
  });

  it('G2: a constant on all rewards changes nothing, nor does a positive factor where the deviation divides', () => {
    const rewards = [0.2, 0.9, 0.4, 0.5];
    for (const kind of ADVANTAGES) {
      const more = rewards.map((reward) => reward + 7);
      expectAll(groupAdvantages(more, kind), groupAdvantages(rewards, kind));
    }
    const scaled = rewards.map((reward) => 5 * reward);
    const unscaled = groupAdvantages(rewards, 'verl');
    groupAdvantages(scaled, 'verl').forEach((value, index) => expect(value).toBeCloseTo(unscaled[index]!, 4));
    expect(groupAdvantages(scaled, 'mean')[1]).toBeCloseTo(2, 10);
  });

  it('G3: equal rewards give exact zeros, also rewards that floating point cannot average exactly', () => {
    for (const kind of ADVANTAGES) {
      expect(groupAdvantages([1, 1, 1, 1], kind)).toEqual([0, 0, 0, 0]);
      expect(groupAdvantages([0.1, 0.1, 0.1], kind)).toEqual([0, 0, 0]);
    }
  });

  it('G4: a group with one valid rollout has advantage 0, not NaN', () => {
    for (const kind of ADVANTAGES) {
      expect(groupAdvantages([null, 0.7, null, null], kind)).toEqual([0, 0, 0, 0]);
      expect(groupAdvantages([null, null], kind)).toEqual([0, 0]);
    }
  });

  it('G16: a null reward is not 0: it takes no part in the baseline', () => {
    expectAll(groupAdvantages([1, 0, null], 'mean'), [0.5, -0.5, 0]);
    expectAll(groupAdvantages([1, 0, 0], 'mean'), [2 * third, -third, -third]);
  });
});
