/**
 * Advantages of one group (training.md §3.1): reward less a baseline, optionally over the standard deviation (n - 1).
 * A rollout without a reward (null: its environment failed) takes no part: neither in the baseline nor in the update.
 */
import { assert } from '@agentiad/core/support/assert.ts';

/**
 * `mean`: reward - group mean (authors' code, agent-spec §5.4); `trl` and `verl`: over (std + 1e-4 / 1e-6);
 * `rloo`: the mean of the others as baseline, which is `mean` times n / (n - 1).
 */
export const ADVANTAGES = ['mean', 'trl', 'verl', 'rloo'] as const;
export type AdvantageKind = (typeof ADVANTAGES)[number];

const EPSILON = { trl: 1e-4, verl: 1e-6 } as const;

/**
 * One advantage per rollout, 0 for null rewards and for groups in which at most one reward is known or all are equal.
 * Rewards must be finite (see `checkReward`).
 */
export function groupAdvantages(rewards: readonly (number | null)[], kind: AdvantageKind): number[] {
  const known = rewards.filter((reward) => reward !== null);
  known.forEach((reward) => assert(Number.isFinite(reward), `a reward is ${reward}`));
  const count = known.length;
  if (count < 2 || known.every((reward) => reward === known[0])) return rewards.map(() => 0);
  const mean = known.reduce((sum, reward) => sum + reward, 0) / count;
  const scale = scaleOf(known, mean, kind);
  return rewards.map((reward) => (reward === null ? 0 : (reward - mean) * scale));
}

function scaleOf(rewards: readonly number[], mean: number, kind: AdvantageKind): number {
  const count = rewards.length;
  switch (kind) {
    case 'mean':
      return 1;
    case 'rloo':
      return count / (count - 1);
    case 'trl':
    case 'verl': {
      const variance = rewards.reduce((sum, reward) => sum + (reward - mean) ** 2, 0) / (count - 1);
      return 1 / (Math.sqrt(variance) + EPSILON[kind]);
    }
  }
}
