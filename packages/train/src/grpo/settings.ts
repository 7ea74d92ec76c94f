/** Settings of a GRPO run, and the presets that fill them in (agent-spec §5.2, §9.4). */
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { RewardSettings } from '../rewards/index.ts';
import type { AdvantageKind } from './advantages.ts';
import type { LossSettings } from './objective.ts';
import type { Aggregation } from './plan.ts';
import type { TruncationRule } from './rollout.ts';
import type { SamplingSettings } from './sampling.ts';
import { logTemperature } from './sampling.ts';

export interface GrpoSettings {
  readonly mode: Mode;
  readonly steps: number;
  readonly groupSize: number;
  /** Groups with an advantage wanted in each step. */
  readonly groupsPerStep: number;
  readonly maxToolCalls: number;
  readonly maxNewTokens: number;
  readonly sampling: SamplingSettings;
  readonly reward: RewardSettings;
  /** Rewards are held inside; the report counts those that were not. Null: as they are. */
  readonly rewardBounds: readonly [number, number] | null;
  readonly truncated: TruncationRule;
  readonly advantage: AdvantageKind;
  readonly minDeviation: number;
  readonly maxResampled: number;
  /**
   * What a step does with samples that are too few for a whole batch: take a `smaller` one, `repeat` samples from the
   * first on until it is whole (authors' code), or let them `wait` in the replay buffer for those of the next step.
   */
  readonly shortage: 'smaller' | 'repeat' | 'wait';
  /** Rollouts of one update; a step takes as many updates as its rollouts need, `innerEpochs` times. */
  readonly batchSize: number;
  readonly innerEpochs: number;
  readonly loss: LossSettings;
  readonly aggregation: Aggregation;
  readonly maxLength: number;
  readonly microBatch: number;
  readonly learningRate: number;
  /** Share of the steps; then a cosine down to `floor` times the peak (1 = constant). */
  readonly warmup: number;
  readonly floor: number;
  readonly weightDecay: number;
  readonly maxNorm: number;
}

const SHARED = {
  maxToolCalls: 3,
  maxNewTokens: 2048,
  rewardBounds: null,
  truncated: 'mask',
  maxResampled: 16,
  innerEpochs: 1,
  aggregation: 'token-mean',
  maxLength: 4096,
  microBatch: 2,
  floor: 1,
} as const;

/** `paper`: what the paper prints; `code`: what its authors ran; `indusagent`: its paper, with our bounds, KL weight and rate. */
export const GRPO_PRESETS = {
  paper: {
    ...SHARED,
    mode: 'pz+cr',
    groupSize: 8,
    groupsPerStep: 16,
    batchSize: 128,
    sampling: { temperature: 1, topP: 1, logProbabilities: 'sampling' },
    reward: { preset: 'paper', ablations: [] },
    advantage: 'trl',
    minDeviation: 0,
    shortage: 'wait',
    loss: { clipLow: 0.2, clipHigh: 0.2, dualClip: null, ratio: 'token', klWeight: 0.1, klEstimator: 'k3' },
    learningRate: 1e-6,
    warmup: 0,
    weightDecay: 0.01,
    maxNorm: 1,
  },
  code: {
    ...SHARED,
    mode: 'pz+cr',
    groupSize: 8,
    groupsPerStep: 16,
    batchSize: 64,
    sampling: { temperature: 1, topP: 0.95, laterTemperature: 0.9, laterTopP: 0.95, logProbabilities: 'raw' },
    reward: { preset: 'code', ablations: [] },
    advantage: 'mean',
    minDeviation: 0.01,
    shortage: 'repeat',
    loss: { clipLow: 0.2, clipHigh: 0.35, dualClip: null, ratio: 'token', klWeight: 0, klEstimator: 'k3' },
    learningRate: 1e-6,
    warmup: 0.03,
    weightDecay: 0,
    maxNorm: 1,
  },
  indusagent: {
    ...SHARED,
    mode: 'full',
    groupSize: 4,
    groupsPerStep: 8,
    batchSize: 32,
    maxNewTokens: 512,
    sampling: { temperature: 1, topP: 1, logProbabilities: 'sampling' },
    reward: { preset: 'indusagent', ablations: [] },
    advantage: 'trl',
    minDeviation: 0,
    shortage: 'smaller',
    loss: { clipLow: 0.2, clipHigh: 0.2, dualClip: null, ratio: 'sequence', klWeight: 0.04, klEstimator: 'k3' },
    learningRate: 1e-6,
    warmup: 0,
    weightDecay: 0.01,
    maxNorm: 1,
  },
} as const satisfies Record<string, Omit<GrpoSettings, 'steps'>>;

export type GrpoPresetName = keyof typeof GRPO_PRESETS;

/** Throws a UserError for settings that cannot go together. `hasAdapter`: an adapter is trained, the base is frozen. */
export function checkSettings(settings: GrpoSettings, hasAdapter: boolean): void {
  logTemperature(settings.sampling);
  if (settings.loss.klWeight > 0 && !hasAdapter) {
    throw bad(
      'grpo.loss.klWeight',
      'a KL penalty needs a reference, which is the model with its adapter off; this run trains all weights.',
      'Train an adapter (model.adapter), or set klWeight to 0.',
    );
  }
  if (settings.groupSize < 2) {
    throw bad('grpo.groupSize', 'a group of one rollout has no advantage.', 'Use 2 or more; the papers use 4 and 8.');
  }
  if (settings.sampling.temperature === 0) {
    throw bad('grpo.sampling.temperature', 'at temperature 0 all rollouts of a group are the same.', 'Use 1.');
  }
  const { dualClip, clipHigh } = settings.loss;
  if (dualClip !== null && dualClip <= 1 + clipHigh) {
    throw bad('grpo.loss.dualClip', `${dualClip} is not above 1 + clipHigh.`, 'Use 3, or null for none.');
  }
}

function bad(subject: string, reason: string, remedy: string): UserError {
  return new UserError({ code: 'run-config', subject, reason, remedy });
}
