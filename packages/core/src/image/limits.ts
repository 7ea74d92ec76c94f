/** What size of image is accepted, checked on the header before anything is decoded. */
import type { Size } from './box.ts';
import { imageAspect, imageTooLarge } from './imageErrors.ts';

export const MAX_IMAGE_PIXELS = 100_000_000;
/** From here on an image is inspected, with a word about what it costs. */
export const LARGE_IMAGE_PIXELS = 64_000_000;
/** Largest ratio of the longer to the shorter side; the Qwen2-VL processor refuses more. */
export const MAX_ASPECT_RATIO = 200;

/** Throws `image-too-large` or `image-aspect`. */
export function checkImageLimits(name: string, size: Size): void {
  const { width, height } = size;
  if (width * height > MAX_IMAGE_PIXELS) throw imageTooLarge(name, width, height, MAX_IMAGE_PIXELS);
  if (Math.max(width, height) > MAX_ASPECT_RATIO * Math.min(width, height)) {
    throw imageAspect(name, width, height, MAX_ASPECT_RATIO);
  }
}
