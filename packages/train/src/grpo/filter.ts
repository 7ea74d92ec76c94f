/**
 * Collecting groups that teach something. A group whose rewards (nearly) agree has no advantage and is dropped; others
 * are sampled in its place, within a bound, and a shortage is reported, never hidden (training.md G3, G27).
 */
import type { AdvantageKind } from './advantages.ts';
import { groupAdvantages } from './advantages.ts';
import type { Group } from './rollout.ts';

export interface FilterSettings {
  readonly advantage: AdvantageKind;
  /** Groups whose mean absolute deviation of rewards is below this are dropped (authors' code: 0.01); 0: equal ones. */
  readonly minDeviation: number;
  /** Groups that may be sampled in place of dropped ones. */
  readonly maxResampled: number;
}

export interface ScoredGroup {
  readonly group: Group;
  /** One per rollout. */
  readonly advantages: readonly number[];
}

export interface Collected {
  readonly groups: readonly ScoredGroup[];
  /** All groups that were sampled, dropped ones included: statistics are taken of these. */
  readonly sampled: readonly Group[];
  readonly zeroAdvantageGroups: number;
  readonly resampled: number;
  /** Fewer groups than wanted, because `maxResampled` was used up. */
  readonly isExhausted: boolean;
}

/** Samples until `wanted` groups have an advantage or the bound is reached. */
export async function collectGroups(
  sample: () => Promise<Group>,
  wanted: number,
  settings: FilterSettings,
): Promise<Collected> {
  const groups: ScoredGroup[] = [];
  const sampled: Group[] = [];
  while (groups.length < wanted && sampled.length < wanted + settings.maxResampled) {
    const group = await sample();
    sampled.push(group);
    const scored = scoreGroup(group, settings);
    if (scored) groups.push(scored);
  }
  return {
    groups,
    sampled,
    zeroAdvantageGroups: sampled.length - groups.length,
    resampled: Math.max(0, sampled.length - wanted),
    isExhausted: groups.length < wanted,
  };
}

/** The group with its advantages, or null when they are nothing to learn from. */
export function scoreGroup(group: Group, settings: Omit<FilterSettings, 'maxResampled'>): ScoredGroup | null {
  const rewards = group.rollouts.map(({ reward }) => reward?.total ?? null);
  const advantages = groupAdvantages(rewards, settings.advantage);
  const known = rewards.filter((reward) => reward !== null);
  const mean = known.reduce((sum, reward) => sum + reward, 0) / known.length;
  const deviation = known.reduce((sum, reward) => sum + Math.abs(reward - mean), 0) / known.length;
  const isFlat = advantages.every((advantage) => advantage === 0) || deviation < settings.minDeviation;
  return isFlat ? null : { group, advantages };
}
