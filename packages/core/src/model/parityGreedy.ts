/** Greedy decoding of a golden case through a session, as the agent runs the model: prefill, then one token at a time. */
import type { ProcessedImage } from '../image/processor.ts';
import { imageIds, type ModelConfig } from './config.ts';
import type { ParityForward } from './parityForward.ts';
import { greedy } from './sampler.ts';

export interface GreedyReport {
  readonly expected: readonly number[];
  /** Our choice at each step, given the golden ids before it; what was generated freely where that differs. */
  readonly chosen: readonly number[];
  /** Steps in agreement, up to the first undecided one. */
  readonly agreed: number;
  /** Why fewer steps than expected were judged, or null. */
  readonly note: string | null;
  readonly passed: boolean;
}

/** Raw logits [V] before each of the `expected` ids, given the ones before it; up to the first image id among them. */
export async function greedySteps(
  forward: ParityForward,
  config: ModelConfig,
  prompt: readonly number[],
  images: readonly ProcessedImage[],
  expected: readonly number[],
): Promise<(readonly number[])[]> {
  const session = forward.createSession();
  try {
    await session.prefill(prompt, images);
    const everyId = Array.from({ length: config.text.vocabSize }, (_, id) => id);
    const { readings } = await session.generate({
      maxNewTokens: judgedSteps(expected, imageIds(config)),
      sampler: greedy,
      stopIds: [],
      watch: { ids: everyId, at: () => true },
      mask: (generated) => [expected[generated.length]!],
    });
    return readings.map((reading) => reading.logits);
  } finally {
    session.dispose();
  }
}

/** What the session itself generates, `count` tokens: by its own choice, and several at a time if that is its way. */
export async function freeRun(
  forward: ParityForward,
  prompt: readonly number[],
  images: readonly ProcessedImage[],
  count: number,
): Promise<readonly number[]> {
  const session = forward.createSession();
  try {
    await session.prefill(prompt, images);
    return (await session.generate({ maxNewTokens: count, sampler: greedy, stopIds: [] })).ids;
  } finally {
    session.dispose();
  }
}

/** Our sessions never sample image ids; a golden continuation that holds one is followed up to there. */
function judgedSteps(expected: readonly number[], neverSampled: readonly number[]): number {
  const first = expected.findIndex((id) => neverSampled.includes(id));
  return first < 0 ? expected.length : first;
}

/**
 * Every choice must agree, up to the first step where ours and the golden one are closer than `margin` (twice the
 * tolerance): logits within tolerance cannot decide such a step. So must the ids generated freely, `free`.
 */
export function judgeGreedy(
  expected: readonly number[],
  steps: readonly (readonly number[])[],
  free: readonly number[],
  margin: number,
  neverSampled: readonly number[],
): GreedyReport {
  const chosen = steps.map((logits) => greedy.pick(Float32Array.from(logits)));
  const wrong = chosen.findIndex((id, step) => id !== expected[step]);
  const agreed = wrong < 0 ? chosen.length : wrong;
  const logits = steps[agreed];
  const isUndecided = logits !== undefined && logits[chosen[agreed]!]! - logits[expected[agreed]!]! < margin;
  const isComplete = agreed === judgedSteps(expected, neverSampled);
  const note = isUndecided ? 'undecided step' : agreed < expected.length && isComplete ? 'image id generated' : null;
  const isSame = free.slice(0, agreed).every((id, step) => id === expected[step]);
  return { expected, chosen: isSame ? chosen : free, agreed, note, passed: isSame && (isUndecided || isComplete) };
}
