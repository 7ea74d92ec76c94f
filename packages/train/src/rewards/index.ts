/** The list of reward presets and of the ablations of the paper's Table 3. A new preset = one file + one line here. */
import { codePreset } from './code.ts';
import { indusAgentPreset } from './indusagent.ts';
import { paperPreset } from './paper.ts';
import type { Ablation, RewardPreset } from './reward.ts';

export const REWARD_PRESETS = {
  paper: paperPreset,
  code: codePreset,
  indusagent: indusAgentPreset,
} as const satisfies Record<string, (ablations?: readonly Ablation[]) => RewardPreset>;

export type RewardName = keyof typeof REWARD_PRESETS;

/** Rows of the ablation table as switches (agent-spec §5.4, §7.2). */
export const TABLE_3 = {
  full: [],
  'accuracy-only': ['no_iou', 'no_anomaly_type', 'no_bonus'],
  'no-behaviour': ['no_bonus'],
  'no-perceptual': ['no_iou', 'no_anomaly_type'],
  'no-curiosity': ['no_curiosity'],
} as const satisfies Record<string, readonly Ablation[]>;

export interface RewardSettings {
  readonly preset: RewardName;
  readonly ablations: readonly Ablation[];
  /** A row of the table; its switches count beside `ablations`. */
  readonly row?: keyof typeof TABLE_3;
}

export function createReward({ preset, ablations, row = 'full' }: RewardSettings): RewardPreset {
  return REWARD_PRESETS[preset]([...ablations, ...TABLE_3[row]]);
}
