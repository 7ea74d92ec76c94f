/** A training trajectory (training.md D1): token ids with typed segments, never text, and the pixels of its images. */
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Segment } from '@agentiad/core/tokenizer/conversation.ts';
import type { Label, LabelledBox } from '../data/labelledCase.ts';

/** How the model's tokens were drawn. */
export interface SamplerRecord {
  /** Of the recorded log-probabilities: that of the drawing, or 1 where the run's convention is `raw` (training.md G22). */
  readonly temperature: number;
  readonly topP: number;
  readonly seed: number;
}

/** One tool call of the trajectory; `error` is what the agent was told when the call failed. */
export interface CallRecord {
  /** Message the call stands in, as `Segment.turn` counts them. */
  readonly turn: number;
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly ok: boolean;
  readonly error: string | null;
}

export interface RewardRecord {
  readonly total: number;
  /** Every component by name, weighted or not as the reward that made it documents. */
  readonly components: Readonly<Record<string, number>>;
}

/** The truth and origin of the case: for rewards and reports. Never rendered. */
export interface TrajectoryMeta {
  readonly category: string;
  readonly type: string | null;
  /** Half-open pixels of the upright part image. */
  readonly boxes: readonly LabelledBox[];
  readonly split: string | null;
  readonly source: string;
  readonly group: string;
}

export interface Trajectory {
  readonly id: string;
  readonly mode: Mode;
  readonly ids: readonly number[];
  readonly segments: readonly Segment[];
  /** Resized pixels as the model saw them, in order of appearance. */
  readonly images: readonly Raster[];
  readonly label: Label;
  /** Absent for demonstrations of a teacher: their tokens were not drawn. */
  readonly sampler?: SamplerRecord;
  /**
   * Natural logarithm of each id's probability under the *full* distribution (no top-p) of logits divided by
   * `sampler.temperature`; one per id, NaN off the model's tokens.
   */
  readonly logProbabilities?: readonly number[];
  readonly calls?: readonly CallRecord[];
  readonly reward?: RewardRecord;
  /** The episode ended by a limit, not by an answer. */
  readonly truncated?: boolean;
  readonly meta?: TrajectoryMeta;
}

/** Which assistant turns are trained: the paper's last two, or all (agent-spec §5.1). */
export type MaskStrategy = 'last-two' | 'all-assistant';

/** Positions whose token is a training target: model tokens of the chosen turns, end-of-turn included, headers not. */
export function trainedPositions(segments: readonly Segment[], strategy: MaskStrategy): number[] {
  const model = segments.filter(({ kind }) => kind === 'model');
  const turns = [...new Set(model.map(({ turn }) => turn))];
  const kept = new Set(strategy === 'last-two' ? turns.slice(-2) : turns);
  return model
    .filter(({ turn }) => kept.has(turn))
    .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, index) => from + index));
}
