/** Rewards held inside bounds: what was outside is counted, never changed in silence (training.md G26). */
import type { Group } from './rollout.ts';

export function boundRewards(
  group: Group,
  bounds: readonly [number, number] | null,
): { readonly group: Group; readonly count: number } {
  if (!bounds) return { group, count: 0 };
  let count = 0;
  const rollouts = group.rollouts.map((rollout) => {
    const { reward } = rollout;
    if (!reward) return rollout;
    const total = Math.min(bounds[1], Math.max(bounds[0], reward.total));
    if (total === reward.total) return rollout;
    count++;
    return { ...rollout, reward: { ...reward, total } };
  });
  return { group: { ...group, rollouts }, count };
}
