/** Figures of a step: of rewards and behaviour over all sampled groups, of the policy over all tokens of an update. */
import type { RolloutFacts } from '../rewards/facts.ts';
import { asksOutside, isRight } from '../rewards/facts.ts';
import { trainedPositions } from '../trajectories/trajectory.ts';
import { estimateKl } from './kl.ts';
import type { LossSettings } from './objective.ts';
import type { ReplaySample } from './replayBuffer.ts';
import type { Group, Rollout } from './rollout.ts';

export type Figures = Record<string, number | null>;

/** Over all rollouts of a step, dropped groups included. Null where there is nothing to average. */
export function rolloutFigures(groups: readonly Group[]): Figures {
  const rollouts = groups.flatMap((group) => group.rollouts);
  const rewards = rollouts.flatMap(({ reward }) => (reward ? [reward] : []));
  const share = (holds: (facts: RolloutFacts) => boolean) => mean(rollouts.map(({ facts }) => (holds(facts) ? 1 : 0)));
  const calls = rollouts.flatMap(({ facts }) => facts.calls);
  const named = (name: string) => share(({ calls: own }) => own.some((call) => call.name === name));
  const average = mean(rewards.map(({ total }) => total));
  return {
    rollouts: rollouts.length,
    reward: average,
    rewardDeviation: average === null ? null : mean(rewards.map(({ total }) => Math.abs(total - average))),
    ...componentMeans(rewards),
    accuracy: share(isRight),
    answerRate: share(({ answer }) => answer !== null),
    callsPerRollout: mean(rollouts.map(({ facts }) => facts.calls.length)),
    callValidity: mean(calls.map(({ ok }) => (ok ? 1 : 0))),
    cropRate: named('crop_image_normalized'),
    differenceRate: named('difference'),
    queryRate: share(asksOutside),
    meanIou: mean(rollouts.flatMap(({ facts }) => (facts.iou === null ? [] : [facts.iou]))),
    modelTokens: mean(rollouts.map(modelTokens)),
    truncated: rollouts.filter(({ trajectory }) => trajectory.truncated).length,
    withoutReward: rollouts.length - rewards.length,
    brokenOff: rollouts.filter(({ failure }) => failure !== null).length,
  };
}

/** Length of an episode counts what the model wrote, never what tools showed it. */
export function modelTokens({ trajectory }: Pick<Rollout, 'trajectory'>): number {
  return trainedPositions(trajectory.segments, 'all-assistant').length;
}

function componentMeans(rewards: readonly { readonly components: Readonly<Record<string, number>> }[]): Figures {
  const names = [...new Set(rewards.flatMap(({ components }) => Object.keys(components)))];
  return Object.fromEntries(
    names.map((name) => [`reward.${name}`, mean(rewards.map(({ components }) => components[name] ?? 0))]),
  );
}

/** Over the model tokens of an update, at the log-probabilities `current` that its gradient was taken at. */
export function policyFigures(
  samples: readonly ReplaySample[],
  current: readonly Float32Array[],
  { clipLow, clipHigh, ratio: level }: LossSettings,
): Figures {
  const ratios: number[] = [];
  const kl: number[] = [];
  let clipped = 0;
  samples.forEach(({ old, reference, advantage }, index) => {
    const own = current[index]!;
    const differences = Array.from(own, (value, t) => value - old[t]!);
    const shared = level === 'sequence' ? Math.exp(mean(differences) ?? 0) : null;
    for (const [t, difference] of differences.entries()) {
      const ratio = shared ?? Math.exp(difference);
      ratios.push(ratio);
      if ((advantage > 0 && ratio > 1 + clipHigh) || (advantage < 0 && ratio < 1 - clipLow)) clipped++;
      if (reference) kl.push(estimateKl('k3', own[t]! - reference[t]!));
    }
  });
  return {
    tokens: ratios.length,
    meanRatio: mean(ratios),
    maxRatioDeviation: ratios.reduce((most, ratio) => Math.max(most, Math.abs(ratio - 1)), 0),
    clipFraction: ratios.length === 0 ? null : clipped / ratios.length,
    kl: mean(kl),
    meanLogProbability: mean(current.flatMap((own) => [...own])),
  };
}

/**
 * Largest |ratio - 1| between the sampler's own log-probabilities and the trainer's of the same policy: how far the two
 * forward paths differ, over the rollouts of which the sampler's are known. Null when there are none.
 */
export function samplerMismatch(samples: readonly Pick<ReplaySample, 'trajectory' | 'old'>[]): number | null {
  let most: number | null = null;
  for (const { trajectory, old } of samples) {
    const { logProbabilities: sampled, segments } = trajectory;
    if (!sampled) continue;
    trainedPositions(segments, 'all-assistant').forEach((position, t) => {
      most = Math.max(most ?? 0, Math.abs(Math.exp(old[t]! - sampled[position]!) - 1));
    });
  }
  return most;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
