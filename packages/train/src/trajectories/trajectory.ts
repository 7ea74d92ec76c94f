/** A training trajectory (training.md D1): token ids with typed segments, never text, and the pixels of its images. */
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import type { Segment } from '@agentiad/core/tokenizer/conversation.ts';

export interface Trajectory {
  readonly id: string;
  readonly mode: Mode;
  readonly ids: readonly number[];
  readonly segments: readonly Segment[];
  /** Resized pixels as the model saw them, in order of appearance. */
  readonly images: readonly Raster[];
  readonly label: 'normal' | 'anomalous';
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
