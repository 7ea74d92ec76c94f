/**
 * A scripted inspection of three images and 300 tokens, in the agent's order: the part, a crop of it, an exemplar; think,
 * act, answer. Lengths are those of a model of the 3B's kind, whatever the model (nano's own inspections are shorter and its
 * views smaller); the tokens mean nothing.
 */
import type { ProcessedImage } from '@agentiad/core/image/processor.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import type { Backbone } from '@agentiad/core/model/backbone.ts';
import { greedy } from '@agentiad/core/model/sampler.ts';
import { imageIdsOf, randomImage, textIds } from './inputs.ts';

export interface Turn {
  /** Text tokens before the image. */
  readonly textTokens: number;
  /** Side of the square image in pixels. */
  readonly imageSide: number;
  readonly generatedTokens: number;
}

export const inspectionTurns: readonly Turn[] = [
  { textTokens: 700, imageSide: 896, generatedTokens: 60 },
  { textTokens: 60, imageSide: 448, generatedTokens: 60 },
  { textTokens: 60, imageSide: 448, generatedTokens: 180 },
];

export interface TurnInput {
  readonly ids: readonly number[];
  readonly image: ProcessedImage;
  readonly generatedTokens: number;
}

export function inspectionInputs(config: ModelConfig): TurnInput[] {
  return inspectionTurns.map(({ textTokens, imageSide, generatedTokens }) => {
    const image = randomImage(config.vision, imageSide, imageSide);
    return { ids: [...textIds(textTokens, config), ...imageIdsOf(image, config)], image, generatedTokens };
  });
}

/** Runs the script; milliseconds from the first prompt to the last token. */
export async function runInspection(backbone: Backbone, clock: () => number): Promise<number> {
  const inputs = inspectionInputs(backbone.config);
  const session = backbone.createSession();
  try {
    const started = clock();
    for (const { ids, image, generatedTokens } of inputs) {
      await session.prefill(ids, [image]);
      await session.generate({ maxNewTokens: generatedTokens, sampler: greedy, stopIds: [] });
    }
    return clock() - started;
  } finally {
    session.dispose();
  }
}
