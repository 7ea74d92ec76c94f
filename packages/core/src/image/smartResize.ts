/** The size the model sees an image at: `smart_resize` of the Hugging Face Qwen2-VL image processor (transformers 4.57.1). */
import type { Size } from './box.ts';
import { imageAspect } from './imageErrors.ts';
import { MAX_ASPECT_RATIO } from './limits.ts';

export interface SmartResizeOptions {
  /** Both sides become multiples of this (patch size * merge size). */
  readonly factor: number;
  readonly minPixels: number;
  readonly maxPixels: number;
}

/**
 * Rounds each side to the nearest multiple of `factor` (half to even), then scales into the pixel limits.
 * An aspect ratio above 200 is refused with a `UserError` (`image-aspect`).
 */
export function smartResize(height: number, width: number, options: SmartResizeOptions): Size {
  const { factor, minPixels, maxPixels } = options;
  if (Math.max(height, width) > MAX_ASPECT_RATIO * Math.min(height, width)) {
    throw imageAspect('image', width, height, MAX_ASPECT_RATIO);
  }
  const rounded = { height: roundHalfEven(height / factor) * factor, width: roundHalfEven(width / factor) * factor };
  const area = rounded.height * rounded.width;
  if (area > maxPixels) {
    const shrink = Math.sqrt((height * width) / maxPixels);
    return {
      height: Math.max(factor, Math.floor(height / shrink / factor) * factor),
      width: Math.max(factor, Math.floor(width / shrink / factor) * factor),
    };
  }
  if (area < Math.max(minPixels, 1)) {
    const grow = Math.sqrt(Math.max(minPixels, 1) / (height * width));
    return {
      height: Math.ceil((height * grow) / factor) * factor,
      width: Math.ceil((width * grow) / factor) * factor,
    };
  }
  return rounded;
}

/** Python's `round`: exact halves go to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}
