/**
 * Samples that wait for their update, oldest first. What a step does not take stays for the next one, with the
 * log-probabilities of the policy that it was sampled by. Its contents are part of a checkpoint.
 */
import type { Trajectory } from '../trajectories/trajectory.ts';

/** One rollout with all that the loss needs; arrays have one entry per model token. */
export interface ReplaySample {
  readonly trajectory: Trajectory;
  readonly advantage: number;
  /** Log-probabilities of the policy before any update with this sample, computed by the trainer. */
  readonly old: Float32Array;
  readonly reference: Float32Array | null;
}

export interface ReplayBuffer {
  readonly size: number;
  add(samples: readonly ReplaySample[]): void;
  /** Takes up to `count` samples out, oldest first. */
  take(count: number): ReplaySample[];
  /** All samples, oldest first; they stay. */
  samples(): readonly ReplaySample[];
}

export function createReplayBuffer(initial: readonly ReplaySample[] = []): ReplayBuffer {
  let waiting = [...initial];
  return {
    get size() {
      return waiting.length;
    },
    add(samples) {
      waiting.push(...samples);
    },
    take(count) {
      const taken = waiting.slice(0, count);
      waiting = waiting.slice(count);
      return taken;
    },
    samples: () => waiting,
  };
}
