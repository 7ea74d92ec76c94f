/** A reward preset: from a group's facts to one reward per rollout, every component by name. */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { RewardRecord } from '../trajectories/trajectory.ts';
import type { RolloutFacts } from './facts.ts';

/** Switches of the ablations (agent-spec §5.4). */
export const ABLATIONS = ['no_iou', 'no_anomaly_type', 'no_bonus', 'no_curiosity', 'no_penalty'] as const;
export type Ablation = (typeof ABLATIONS)[number];

export interface RewardPreset {
  readonly name: string;
  /** Whether `RolloutFacts.confidenceGain` is used: it costs two more forward passes per rollout. */
  readonly needsConfidence: boolean;
  /** Rewards of the rollouts of one prompt, in order. Components sum to the total unless the preset gates them. */
  score(group: readonly RolloutFacts[]): RewardRecord[];
}

export function sumReward(components: Record<string, number>): RewardRecord {
  return { total: Object.values(components).reduce((sum, value) => sum + value, 0), components };
}

/** Passes a reward on; throws a UserError that names the rollout when it is no finite number. Null = no reward. */
export function checkReward(id: string, reward: RewardRecord | null): RewardRecord | null {
  if (!reward) return null;
  const bad = [['total', reward.total] as const, ...Object.entries(reward.components)].find(
    ([, value]) => !Number.isFinite(value),
  );
  if (!bad) return reward;
  throw new UserError({
    code: 'reward-not-finite',
    subject: `Rollout ${id}`,
    reason: `its reward component ${bad[0]} is ${bad[1]}.`,
    remedy: 'Check the reward preset and the boxes of the case; nothing was trained on this rollout.',
  });
}
