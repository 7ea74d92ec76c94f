/** Greedy decoding of a golden case through a session, as the agent runs the model: prefill, then one token at a time. */
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { ProcessedImage } from '../image/processor.ts';
import { imageIds, type ModelConfig } from './config.ts';
import type { Params } from './params.ts';
import { greedy } from './sampler.ts';
import { createSession } from './session.ts';
import { visionEmbeds } from './vision.ts';

export interface GreedyReport {
  readonly expected: readonly number[];
  /** Our choice at each step, given the golden ids before it. */
  readonly chosen: readonly number[];
  /** Steps in agreement, up to the first undecided one. */
  readonly agreed: number;
  /** Why fewer steps than expected were judged, or null. */
  readonly note: string | null;
  readonly passed: boolean;
}

/** Raw logits [V] before each of the `expected` ids, given the ones before it; up to the first image id among them. */
export async function greedySteps(
  config: ModelConfig,
  params: Params,
  prompt: readonly number[],
  images: readonly ProcessedImage[],
  expected: readonly number[],
): Promise<(readonly number[])[]> {
  const owned: Tensor2D[] = [];
  const session = createSession({
    config,
    params,
    embedImage(image) {
      const embeds = visionEmbeds(params, config, image.pixelValues, [image.grid]);
      owned.push(embeds);
      return embeds;
    },
    pause: async () => {},
  });
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
    owned.forEach((embeds) => embeds.dispose());
  }
}

/** Our sessions never sample image ids; a golden continuation that holds one is followed up to there. */
function judgedSteps(expected: readonly number[], neverSampled: readonly number[]): number {
  const first = expected.findIndex((id) => neverSampled.includes(id));
  return first < 0 ? expected.length : first;
}

/**
 * Every choice must agree, up to the first step where ours and the golden one are closer than `margin` (twice the
 * tolerance): logits within tolerance cannot decide such a step.
 */
export function judgeGreedy(
  expected: readonly number[],
  steps: readonly (readonly number[])[],
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
  return { expected, chosen, agreed, note, passed: isUndecided || isComplete };
}
