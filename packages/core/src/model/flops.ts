/** Arithmetic of an inspection, counted from the shapes: two operations per multiply-add of every matrix product. */
import type { ModelConfig } from './config.ts';
import { imageTokens, windowOrder, type Grid } from './positions.ts';

export interface InferenceFlops {
  readonly vision: number;
  readonly language: number;
  readonly head: number;
  readonly total: number;
}

/**
 * Forward operations of one sequence: `promptTokens` (image tokens included) prefilled over any number of turns,
 * `generatedTokens` one by one, each image in `imageGrids` encoded once. The head runs once per generated token.
 * Attention counts what the causal mask lets through.
 */
export function inferenceFlops(
  config: ModelConfig,
  use: { promptTokens: number; generatedTokens: number; imageGrids: readonly Grid[] },
): InferenceFlops {
  const { text } = config;
  const tokens = use.promptTokens + use.generatedTokens;
  const pairs = (tokens * (tokens + 1)) / 2;
  const kvSize = text.kvHeads * text.headDim;
  const perToken =
    2 * text.hiddenSize ** 2 + 2 * text.hiddenSize * kvSize + 3 * text.hiddenSize * text.intermediateSize;
  const language = 2 * text.layers * (tokens * perToken + 2 * pairs * text.hiddenSize);
  const head = 2 * use.generatedTokens * text.hiddenSize * text.vocabSize;
  const vision = use.imageGrids.reduce((sum, grid) => sum + visionFlops(config, grid), 0);
  return { vision, language, head, total: vision + language + head };
}

function visionFlops(config: ModelConfig, grid: Grid): number {
  const { vision } = config;
  const patches = grid.height * grid.width;
  const { cuSeqlens } = windowOrder(grid, vision);
  const windowPairs = cuSeqlens.slice(1).reduce((sum, end, i) => sum + (end - cuSeqlens[i]!) ** 2, 0);
  const full = vision.fullAttentionBlocks.filter((block) => block < vision.depth).length;
  const pairs = full * patches ** 2 + (vision.depth - full) * windowPairs;
  const perPatch = 4 * vision.hiddenSize ** 2 + 3 * vision.hiddenSize * vision.intermediateSize;
  const merged = vision.hiddenSize * vision.mergeSize ** 2;
  const blocks = vision.depth * patches * perPatch + 2 * pairs * vision.hiddenSize;
  const merger = imageTokens(grid, vision.mergeSize) * (merged ** 2 + merged * vision.outHiddenSize);
  return 2 * (patches * vision.patchDim * vision.hiddenSize + blocks + merger);
}
