/** Decodes an image in the worker and makes what the page draws: a bitmap of the upright pixels and a thumbnail. */
import type { Size } from '@agentiad/core/image/box.ts';
import type { DecodedImage, Raster } from '@agentiad/core/image/raster.ts';
import type { WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import { decodeImage } from './decode/decodeImage.ts';
import type { IntakenImage } from './intakeMessages.ts';
import type { PreparedImage } from './messages.ts';
import { PICTURE_SIDE } from './pictureMessages.ts';

const THUMB_SIDE = 256;

export async function prepareImage(bytes: Uint8Array, name: string, window: WindowChoice): Promise<PreparedImage> {
  const { raster, ...rest }: DecodedImage = await decodeImage(bytes, name, window);
  const { width, height } = raster;
  const bitmap = await bitmapOf(raster, reducedSize(raster));
  const thumb = await thumbOf(bitmap);
  return { meta: { ...rest, width, height }, bitmap, thumb: await thumb.arrayBuffer(), thumbMime: thumb.type };
}

/** As `prepareImage`, for an image that is stored and not drawn now. */
export async function intakeImage(bytes: ArrayBuffer, name: string, window: WindowChoice): Promise<IntakenImage> {
  const { raster, ...rest } = await decodeImage(new Uint8Array(bytes), name, window);
  const { width, height } = raster;
  const bitmap = await bitmapOf(raster, reducedSize(raster));
  // Nothing is transparent, and with thousands of images the faster encoder counts.
  const thumb = await thumbOf(bitmap, 'image/jpeg');
  bitmap.close();
  return { meta: { ...rest, width, height }, bytes, thumb: await thumb.arrayBuffer(), thumbMime: thumb.type };
}

/** Larger images are drawn from a reduced copy and pieces of the original; the agent always gets every pixel. */
function reducedSize({ width, height }: Size): Size {
  const reduce = Math.min(1, PICTURE_SIDE / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * reduce)), height: Math.max(1, Math.round(height * reduce)) };
}

/** The raster as a bitmap of `size`, its own or smaller. */
export async function bitmapOf(raster: Raster, size: Size): Promise<ImageBitmap> {
  const { width, height, data } = raster;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let from = 0, to = 0; from < data.length; from += 3, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + 1]!;
    rgba[to + 2] = data[from + 2]!;
    rgba[to + 3] = 255;
  }
  const pixels = new ImageData(rgba, width, height);
  if (size.width === width && size.height === height) return createImageBitmap(pixels);
  return createImageBitmap(pixels, { resizeWidth: size.width, resizeHeight: size.height, resizeQuality: 'high' });
}

async function thumbOf(bitmap: ImageBitmap, type = 'image/webp'): Promise<Blob> {
  const scale = Math.min(1, THUMB_SIDE / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d');
  if (!context) throw new Error('Internal error: no 2D canvas in the worker');
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  return canvas.convertToBlob({ type, quality: 0.85 });
}
