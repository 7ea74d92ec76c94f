/**
 * Seeds of a run's random streams. All are mixed: streams of neighbouring plain numbers begin alike (the generator starts
 * from the number as it is), so that groups and members would draw alike.
 */
import { mixSeed } from '@agentiad/core/support/random.ts';

/** Of the `cursor`-th group that a run samples. */
export function groupSeed(run: number, cursor: number): number {
  return mixSeed('group', run, cursor);
}

/** Of a member's draws. */
export function memberSeed(group: number, member: number): number {
  return mixSeed('rollout', group, member);
}
