/** What ends a run: numbers of an update that are none, and steps in which nothing worked. By name, never in silence. */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import type { Group } from './rollout.ts';

/** Throws a UserError with the rollouts of which a log-probability, of any pass, is not finite. */
export function checkFinite(
  trajectories: readonly Trajectory[],
  passes: readonly (readonly Float32Array[])[],
  step: number,
): void {
  const isBroken = (index: number) => passes.some((values) => !values[index]!.every(Number.isFinite));
  const broken = trajectories.filter((_, index) => isBroken(index));
  if (broken.length > 0) throw notFinite(broken, step, 'a log-probability');
}

export function notFinite(trajectories: readonly Trajectory[], step: number, what: string): UserError {
  const ids = trajectories.map(({ id }) => id);
  return new UserError({
    code: 'not-finite',
    subject: `step ${step}, ${ids.length === 1 ? 'rollout' : 'rollouts'} ${ids.join(', ')}`,
    reason: `${what} is not a finite number. The run stands as its last checkpoint keeps it.`,
    remedy: 'Start anew under another name with a lower learning rate, or look at the case.',
  });
}

/** Throws a UserError when all episodes of a step broke off: no other step would end otherwise. */
export function checkEpisodes(groups: readonly Group[], step: number): void {
  const failures = groups.flatMap(({ rollouts }) => rollouts.map(({ failure }) => failure));
  const [first] = failures;
  if (first === undefined || failures.includes(null)) return;
  throw new UserError({
    code: 'rollouts-broke-off',
    subject: `step ${step}`,
    reason: `all ${failures.length} rollouts broke off; the first: ${first}`,
    remedy: 'The run stands as its last checkpoint keeps it. Go on from there when the cause is gone.',
  });
}
