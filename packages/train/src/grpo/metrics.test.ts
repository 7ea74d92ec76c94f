import { describe, expect, it } from 'vitest';
import { boundRewards } from './bounds.ts';
import { modelTokens, policyFigures, rolloutFigures, samplerMismatch } from './metrics.ts';
import type { LossSettings } from './objective.ts';
import type { ReplaySample } from './replayBuffer.ts';
import { createReplayBuffer } from './replayBuffer.ts';
import { makeFacts, makeGroup, makeRollout, makeTrajectory } from './testing.ts';

const LOSS: LossSettings = {
  clipLow: 0.2,
  clipHigh: 0.28,
  dualClip: null,
  ratio: 'token',
  klWeight: 0,
  klEstimator: 'k3',
};

function sample(old: readonly number[], advantage: number, reference: readonly number[] | null = null): ReplaySample {
  return {
    trajectory: makeTrajectory('a', old.length),
    advantage,
    old: Float32Array.from(old),
    reference: reference && Float32Array.from(reference),
  };
}

const CROP = { name: 'crop_image_normalized', ok: true };
const QUERY = { name: 'query_image', ok: false };

describe('rolloutFigures', () => {
  it('averages rewards, components and behaviour over all rollouts; a missing reward is not 0', () => {
    const rollouts = [
      makeRollout(1, { facts: makeFacts({ calls: [CROP, QUERY], iou: 0.6 }) }),
      makeRollout(0, { facts: makeFacts({ answer: null }) }),
      makeRollout(null, { failure: 'the device was lost' }),
      makeRollout(0.5, { facts: makeFacts({ answer: { isAnomalous: false, type: 'none' }, calls: [CROP] }) }),
    ];
    expect(
      rolloutFigures([
        { id: 'a', rollouts: rollouts.slice(0, 2) },
        { id: 'b', rollouts: rollouts.slice(2) },
      ]),
    ).toEqual({
      rollouts: 4,
      reward: 0.5,
      rewardDeviation: 1 / 3,
      'reward.accuracy': 0.5,
      accuracy: 0.5,
      answerRate: 0.75,
      callsPerRollout: 0.75,
      callValidity: 2 / 3,
      cropRate: 0.5,
      differenceRate: 0,
      queryRate: 0.25,
      meanIou: 0.6,
      modelTokens: 4,
      truncated: 0,
      withoutReward: 1,
      brokenOff: 1,
    });
  });

  it('G20: length counts what the model wrote, however much the tools showed', () => {
    const short = makeTrajectory('a', 6);
    const shown = { from: 9, to: 5000, kind: 'observation', turn: 5 } as const;
    const long = { ...short, segments: [...short.segments, shown] };
    expect(modelTokens({ trajectory: short })).toBe(6);
    expect(modelTokens({ trajectory: long })).toBe(6);
  });
});

describe('policyFigures', () => {
  it('G8: the clip fraction is a share of the model tokens alone, each clipped only on its own side', () => {
    const up = Math.log(1.5);
    const down = Math.log(0.5);
    const figures = policyFigures(
      [sample([0, 0], 1), sample([0, 0, 0, 0], -1)],
      [Float32Array.of(up, down), Float32Array.of(up, down, 0, 0)],
      LOSS,
    );
    // Clipped: ratio 1.5 at A > 0 and ratio 0.5 at A < 0, of 6 tokens; the prompts and observations count nowhere.
    expect(figures['tokens']).toBe(6);
    expect(figures['clipFraction']).toBeCloseTo(2 / 6, 9);
    expect(figures['maxRatioDeviation']).toBeCloseTo(0.5, 6);
  });

  it('G9: the KL is 0 where policy and reference agree and positive elsewhere', () => {
    const at = [Float32Array.of(-1, -2)];
    expect(policyFigures([sample([0, 0], 1, [-1, -2])], at, LOSS)['kl']).toBe(0);
    expect(policyFigures([sample([0, 0], 1, [-1.5, -1.5])], at, LOSS)['kl']).toBeCloseTo((0.106531 + 0.148721) / 2, 5);
    expect(policyFigures([sample([0, 0], 1)], at, LOSS)['kl']).toBeNull();
  });
});

describe('samplerMismatch', () => {
  it("G5: reports the largest |ratio - 1| between the sampler's and the trainer's log-probabilities", () => {
    const trajectory = makeTrajectory('a', 2);
    const logProbabilities = trajectory.ids.map(() => NaN);
    logProbabilities[4] = -1;
    logProbabilities[8] = -2;
    const old = Float32Array.of(-1, -2 + Math.log(1.25));
    expect(samplerMismatch([{ trajectory: { ...trajectory, logProbabilities }, old }])).toBeCloseTo(0.25, 5);
    expect(samplerMismatch([{ trajectory, old }])).toBeNull();
  });
});

describe('boundRewards', () => {
  it('G26: holds rewards inside the bounds and counts those that were outside', () => {
    const group = makeGroup([-3, 0.5, null, 9]);
    const { group: bounded, count } = boundRewards(group, [-1, 2]);
    expect(bounded.rollouts.map(({ reward }) => reward?.total ?? null)).toEqual([-1, 0.5, null, 2]);
    expect(count).toBe(2);
    expect(boundRewards(group, null)).toEqual({ group, count: 0 });
  });
});

describe('replay buffer', () => {
  it('gives samples back oldest first and keeps what is not taken', () => {
    const [a, b, c] = [1, 2, 3].map((advantage) => sample([0], advantage));
    const buffer = createReplayBuffer([a!]);
    buffer.add([b!, c!]);
    expect(buffer.take(2)).toEqual([a, b]);
    expect(buffer.samples()).toEqual([c]);
    expect(buffer.take(9)).toEqual([c]);
    expect(buffer.size).toBe(0);
  });
});
