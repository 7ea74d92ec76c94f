import { describe, expect, it } from 'vitest';
import { inferenceFlops } from './flops.ts';
import { parameterShapes } from './params.ts';
import { tinyConfig } from './tinyConfig.ts';

const config = tinyConfig();
const matrixSize = (prefix: string) =>
  [...parameterShapes(config)]
    .filter(([name, shape]) => name.startsWith(prefix) && shape.length > 1)
    .reduce((sum, [, shape]) => sum + shape.reduce((a, b) => a * b, 1), 0);

describe('inferenceFlops', () => {
  it('is twice the weights for one token, plus attention to itself', () => {
    const { language, head, vision } = inferenceFlops(config, { promptTokens: 0, generatedTokens: 1, imageGrids: [] });
    const attention = 2 * 2 * config.text.layers * config.text.hiddenSize;
    expect(language).toBe(2 * matrixSize('model.layers.') + attention);
    expect(head).toBe(2 * config.text.vocabSize * config.text.hiddenSize);
    expect(vision).toBe(0);
  });

  it('counts each patch through the tower and each merge group through the merger', () => {
    const { vision } = inferenceFlops(config, {
      promptTokens: 0,
      generatedTokens: 0,
      imageGrids: [{ height: 8, width: 8 }],
    });
    const tower = matrixSize('visual.blocks.') + matrixSize('visual.patch_embed.');
    const attention = 2 * config.vision.depth * 64 * 64 * config.vision.hiddenSize; // one window is the whole image
    expect(vision).toBe(2 * (64 * tower + 16 * matrixSize('visual.merger.') + attention));
  });

  it('grows with the square of the sequence', () => {
    const at = (promptTokens: number) =>
      inferenceFlops(config, { promptTokens, generatedTokens: 0, imageGrids: [] }).language;
    expect(at(200)).toBeGreaterThan(2 * at(100));
  });
});
