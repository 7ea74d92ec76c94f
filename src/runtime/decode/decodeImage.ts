/**
 * Image decoding in the browser, for use inside a worker. The command line's twin is
 * `packages/train/src/host/decodeImage.ts`; both refuse and describe files through the same core functions.
 */
import { decodePortably, describeDecoded } from '@agentiad/core/image/decodeFile.ts';
import { imageDamaged } from '@agentiad/core/image/imageErrors.ts';
import { inspectImageFile, type ImageFileInfo } from '@agentiad/core/image/inspectFile.ts';
import { applyOrientation } from '@agentiad/core/image/orientation.ts';
import type { DecodedImage, Raster } from '@agentiad/core/image/raster.ts';
import { DEFAULT_WINDOW, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import { readBitmap } from './readBitmap.ts';

/**
 * Decodes one file; throws a `UserError` (`image-*` codes) for one that must be refused. `name` is for messages; `window` says how
 * more than 8 bits are reduced.
 */
export async function decodeImage(
  bytes: Uint8Array,
  name: string,
  window: WindowChoice = DEFAULT_WINDOW,
): Promise<DecodedImage> {
  const info = inspectImageFile(bytes, name);
  const portable = await decodePortably(bytes, name, info, window);
  const reduced = portable ?? { raster: await decodeNatively(bytes, name, info), windowLevel: null };
  return describeDecoded(bytes, name, info, reduced);
}

/** Chromium applies the orientation of JPEG and AVIF itself, whatever `imageOrientation` says, and ignores WebP's. */
async function decodeNatively(bytes: Uint8Array, name: string, info: ImageFileInfo): Promise<Raster> {
  const blob = new Blob([bytes as Uint8Array<ArrayBuffer>], { type: `image/${info.format}` });
  let bitmap: ImageBitmap;
  try {
    // 'none' also switches off gAMA and cHRM, which `sharp` ignores.
    bitmap = await createImageBitmap(blob, {
      imageOrientation: 'from-image',
      colorSpaceConversion: info.needsColourConversion ? 'default' : 'none',
    });
  } catch (error) {
    throw imageDamaged(name, `${info.format.toUpperCase()} image`, error);
  }
  try {
    const raster = readBitmap(bitmap);
    return info.format === 'webp' ? applyOrientation(raster, info.orientation) : raster;
  } finally {
    bitmap.close();
  }
}
