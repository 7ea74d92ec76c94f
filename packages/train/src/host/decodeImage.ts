/** Image decoding on Node (`sharp`). The browser's twin is `src/runtime/decode/decodeImage.ts`. */
import sharp from 'sharp';
import { decodePortably, describeDecoded } from '@agentiad/core/image/decodeFile.ts';
import { imageDamaged } from '@agentiad/core/image/imageErrors.ts';
import { inspectImageFile, type ImageFileInfo } from '@agentiad/core/image/inspectFile.ts';
import { MAX_IMAGE_PIXELS } from '@agentiad/core/image/limits.ts';
import type { DecodedImage, Raster } from '@agentiad/core/image/raster.ts';
import { DEFAULT_WINDOW, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';

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
  const reduced = portable ?? { raster: await decodeWithSharp(bytes, name, info), windowLevel: null };
  return describeDecoded(bytes, name, info, reduced);
}

async function decodeWithSharp(bytes: Uint8Array, name: string, info: ImageFileInfo): Promise<Raster> {
  try {
    const { data, info: output } = await sharp(bytes, {
      failOn: 'error',
      limitInputPixels: MAX_IMAGE_PIXELS,
      ignoreIcc: !info.needsColourConversion,
    })
      .autoOrient()
      .flatten({ background: '#ffffff' })
      // Without this sharp would go from CMYK to sRGB and back through a profile of its own.
      .pipelineColourspace(info.isCmyk ? 'cmyk' : 'srgb')
      .toColourspace(info.isCmyk ? 'cmyk' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return {
      width: output.width,
      height: output.height,
      data: info.isCmyk ? fromCmyk(data) : toRgb(data, output.channels),
    };
  } catch (error) {
    throw imageDamaged(name, `${info.format.toUpperCase()} image`, error);
  }
}

/** Grey comes out of sharp with one channel. */
function toRgb(data: Buffer, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 3) rgb.fill(data[from]!, to, to + 3);
  return rgb;
}

/** The plain formula, as Chromium converts without a profile; 255 is full ink. */
function fromCmyk(data: Buffer): Uint8Array {
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    const light = 255 - data[from + 3]!;
    for (let ink = 0; ink < 3; ink++) rgb[to + ink] = Math.round(((255 - data[from + ink]!) * light) / 255);
  }
  return rgb;
}
