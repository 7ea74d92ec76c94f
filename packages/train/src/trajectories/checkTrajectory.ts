/** What must hold of a stored trajectory before anything is trained on it. Every failure names the sample. */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Trajectory } from './trajectory.ts';

/** What token ids mean to the model that a store was made for. */
export interface TokenSpace {
  readonly vocabSize: number;
  readonly imageTokenId: number;
  /** Side of the square of pixels that one image token stands for (28 for Qwen2.5-VL). */
  readonly imageTokenPixels: number;
}

const KINDS: readonly string[] = ['system', 'user', 'model', 'observation', 'image'];

/** Throws a UserError that begins with `where` (file and line) and the id; `tokens` null: old stores do not say. */
export function checkTrajectory(trajectory: Trajectory, tokens: TokenSpace | null, where: string): void {
  const fail = (code: string, reason: string) => {
    throw new UserError({
      code,
      subject: `${where}: ${trajectory.id}`,
      reason,
      remedy: 'Make the trajectories again with `agentiad data build`.',
    });
  };
  const { ids, segments, images, logProbabilities } = trajectory;

  const last = tokens ? tokens.vocabSize - 1 : Number.MAX_SAFE_INTEGER;
  const strange = ids.findIndex((id) => !Number.isSafeInteger(id) || id < 0 || id > last);
  if (strange >= 0) {
    fail('trajectory-ids', `id ${ids[strange]} at position ${strange} is not in the vocabulary (0 to ${last}).`);
  }

  let end = 0;
  let turn = 0;
  for (const [index, segment] of segments.entries()) {
    const { from, to, kind } = segment;
    if (!KINDS.includes(kind)) fail('trajectory-spans', `span ${index} is of the unknown kind "${kind}".`);
    if (!(from === end && to > from && to <= ids.length && segment.turn >= turn)) {
      fail(
        'trajectory-spans',
        `span ${index} [${from}, ${to}) does not follow the one before it, which ends at ${end}.`,
      );
    }
    end = to;
    turn = segment.turn;
  }
  if (end !== ids.length) fail('trajectory-spans', `the spans end at ${end}, the ids at ${ids.length}.`);

  const runs = segments.filter(({ kind }) => kind === 'image');
  if (runs.length !== images.length) {
    fail('trajectory-images', `${runs.length} runs of image tokens for ${images.length} images.`);
  }
  if (tokens) {
    const { imageTokenId, imageTokenPixels } = tokens;
    for (const [index, { from, to }] of runs.entries()) {
      const { width, height } = images[index]!;
      const expected = (width * height) / imageTokenPixels ** 2;
      if (to - from !== expected) {
        fail('trajectory-images', `image ${index + 1} (${width}x${height}) has ${to - from} tokens, not ${expected}.`);
      }
    }
    const inRuns = runs.reduce((sum, { from, to }) => sum + to - from, 0);
    const isImage = (position: number) => ids[position] === imageTokenId;
    const found = ids.filter((id) => id === imageTokenId).length;
    if (found !== inRuns || !runs.every(({ from, to }) => isImage(from) && isImage(to - 1))) {
      fail('trajectory-images', `${found} image tokens, ${inRuns} positions in runs of image tokens.`);
    }
  }

  if (!logProbabilities) return;
  const model = new Set(
    segments
      .filter(({ kind }) => kind === 'model')
      .flatMap(({ from, to }) => Array.from({ length: to - from }, (_, k) => from + k)),
  );
  const wrong = ids.findIndex((_, position) => {
    const value = logProbabilities[position] ?? NaN;
    return model.has(position) ? value > 0 || value === -Infinity : !Number.isNaN(value);
  });
  if (logProbabilities.length !== ids.length || wrong >= 0) {
    fail(
      'trajectory-log-probabilities',
      wrong >= 0
        ? `the log-probability ${logProbabilities[wrong]} at position ${wrong} is none of the model's.`
        : `${logProbabilities.length} log-probabilities for ${ids.length} ids.`,
    );
  }
}
