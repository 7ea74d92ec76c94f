/** Images and prompts of the right size and no meaning. */
import type { ProcessedImage } from '@agentiad/core/image/processor.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import type { ModelConfig, VisionConfig } from '@agentiad/core/model/config.ts';
import { createRandom } from '@agentiad/core/support/random.ts';

let images = 0;

/** An image of noise as the processor would hand it over, different from every other (no cache knows it). */
export function randomImage(vision: VisionConfig, width: number, height: number): ProcessedImage {
  const unit = vision.patchSize * vision.mergeSize;
  const side = (pixels: number) => Math.max(1, Math.round(pixels / unit)) * vision.mergeSize;
  const grid = { height: side(height), width: side(width) };
  const random = createRandom(++images);
  const noise = Float32Array.from({ length: 4096 }, () => 2 * random.next() - 1);
  const pixelValues = new Float32Array(grid.height * grid.width * vision.patchDim);
  for (let at = 0; at < pixelValues.length; at += noise.length) {
    pixelValues.set(noise.subarray(0, Math.min(noise.length, pixelValues.length - at)), at);
  }
  return { pixelValues, grid, sha256: `noise ${images}` };
}

/** Language tokens of `image`. */
export function tokensOf({ grid }: ProcessedImage, { vision }: ModelConfig): number {
  return (grid.height * grid.width) / vision.mergeSize ** 2;
}

/** `count` ordinary ids. */
export function textIds(count: number, { text, special }: ModelConfig): number[] {
  const limit = Math.min(text.vocabSize, special.image);
  assert(limit > 3, 'the vocabulary has no ordinary ids');
  return Array.from({ length: count }, (_, i) => (i * 7919) % (limit - 1));
}

/** The ids that stand for `image`. */
export function imageIdsOf(image: ProcessedImage, config: ModelConfig): number[] {
  const { image: pad, visionStart, visionEnd } = config.special;
  const run = Array.from({ length: tokensOf(image, config) }, () => pad);
  return [visionStart, ...run, visionEnd].filter((id) => id !== null);
}
