/** Which tokens of a sample are trained (agent-spec §5.1), and the proof of it that a run keeps. */
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { encodeUtf8 } from '@agentiad/core/support/utf8.ts';
import type { Trajectory } from '../trajectories/trajectory.ts';
import { trainedPositions } from '../trajectories/trajectory.ts';

/**
 * `last-two` (the paper) and `all-assistant`: what the model said in those turns, with the end of turn, without headers.
 * `authors`: the spans that the paper's authors train, the last two turns from their `<|im_start|>` to the next one.
 */
export const SFT_MASKS = ['last-two', 'all-assistant', 'authors'] as const;
export type SftMask = (typeof SFT_MASKS)[number];

type Masked = Pick<Trajectory, 'ids' | 'segments'>;

/** Positions whose token is a training target, ascending. */
export function maskedPositions({ ids, segments }: Masked, mask: SftMask): number[] {
  return mask === 'authors' ? authorsPositions(ids, segments) : trainedPositions(segments, mask);
}

function authorsPositions(ids: readonly number[], segments: Masked['segments']): number[] {
  // ChatML opens every message with the same token, the first of all.
  const starts = ids.flatMap((id, position) => (id === ids[0] ? [position] : []));
  const content = new Map<number, number>();
  for (const { kind, turn, from } of segments) {
    if (kind === 'model' && !content.has(turn)) content.set(turn, from);
  }
  return [...content.values()].slice(-2).flatMap((from) => {
    const start = starts.findLast((position) => position < from)!;
    const end = starts.find((position) => position > from) ?? ids.length;
    return Array.from({ length: end - start }, (_, index) => start + index);
  });
}

/** SHA-256 over ids and trained positions of all samples: two runs with the same hash train the same tokens. */
export function maskHash(samples: readonly Trajectory[], mask: SftMask): string {
  const lines = samples.map((sample) => {
    const positions = maskedPositions(sample, mask);
    return `${sample.id} ${sample.ids.length} ${positions.map((position) => `${position}:${sample.ids[position]}`).join()}`;
  });
  return sha256Hex(encodeUtf8(lines.join('\n')));
}
