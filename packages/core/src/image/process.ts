/** The image processor: what the Hugging Face Qwen2-VL processor does to one still image, from pixels to patches. */
import { assert } from '../support/assert.ts';
import { rasterSha256 } from './rasterHash.ts';
import type { ProcessedImage, ProcessorConfig } from './processor.ts';
import type { Raster } from './raster.ts';
import { resizeRaster } from './resize.ts';
import { smartResize } from './smartResize.ts';

export interface ProcessResult {
  readonly processed: ProcessedImage;
  /** The exact pixels the model gets, before normalisation. */
  readonly seen: Raster;
}

/** Resizes, normalises and cuts into patches. Throws the `image-aspect` `UserError` above 200:1. */
export function processImage(raster: Raster, config: ProcessorConfig): ProcessResult {
  const { minPixels, maxPixels, patchSize, mergeSize } = config;
  const size = smartResize(raster.height, raster.width, { factor: patchSize * mergeSize, minPixels, maxPixels });
  const seen = resizeRaster(raster, size.width, size.height, config.resampler);
  return { processed: patchify(seen, config), seen };
}

/** Image tokens the language model gets for `processed`. */
export function imageTokenCount(
  processed: Pick<ProcessedImage, 'grid'>,
  config: Pick<ProcessorConfig, 'mergeSize'>,
): number {
  return (processed.grid.height * processed.grid.width) / config.mergeSize ** 2;
}

/** Patches of pixels that already have the model's size (both sides multiples of patch size * merge size). */
export function patchify(seen: Raster, config: ProcessorConfig): ProcessedImage {
  const { patchSize, mergeSize, temporalPatchSize } = config;
  const factor = patchSize * mergeSize;
  assert(
    seen.width % factor === 0 && seen.height % factor === 0,
    `${seen.width}x${seen.height} is not a multiple of ${factor}`,
  );
  const grid = { height: seen.height / patchSize, width: seen.width / patchSize };
  const frame = patchSize * patchSize;
  const patchLength = 3 * temporalPatchSize * frame;
  const pixelValues = new Float32Array(grid.height * grid.width * patchLength);
  const table = normalisationTable(config);
  let to = 0;
  // Merge groups row by row, the patches of a group contiguous: [H/m, W/m, m, m, channel, time, row, column].
  for (let groupRow = 0; groupRow < grid.height; groupRow += mergeSize) {
    for (let groupColumn = 0; groupColumn < grid.width; groupColumn += mergeSize) {
      for (let index = 0; index < mergeSize * mergeSize; index++) {
        const top = (groupRow + Math.floor(index / mergeSize)) * patchSize;
        const left = (groupColumn + (index % mergeSize)) * patchSize;
        for (let channel = 0; channel < 3; channel++) {
          const first = to;
          for (let y = top; y < top + patchSize; y++) {
            let from = (y * seen.width + left) * 3 + channel;
            for (let x = 0; x < patchSize; x++, from += 3) pixelValues[to++] = table[channel * 256 + seen.data[from]!]!;
          }
          // A still image is its own next frame.
          for (let time = 1; time < temporalPatchSize; time++, to += frame)
            pixelValues.copyWithin(to, first, first + frame);
        }
      }
    }
  }
  return { pixelValues, grid, sha256: rasterSha256(seen) };
}

/** [channel, byte] -> (byte / 255 - mean) / std. */
function normalisationTable(config: ProcessorConfig): Float32Array {
  const table = new Float32Array(3 * 256);
  for (let channel = 0; channel < 3; channel++) {
    for (let byte = 0; byte < 256; byte++) {
      table[channel * 256 + byte] = (byte / 255 - config.mean[channel]!) / config.std[channel]!;
    }
  }
  return table;
}
