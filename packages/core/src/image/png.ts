/** PNG in and out without a host (fast-png): crops in traces, and files whose pixels must not depend on the decoder. */
import { convertIndexedToRgb, decode, encode, type DecodedPng, type IndexedColors } from 'fast-png';
import type { Raster } from './raster.ts';
import { reduceSamples, type Samples } from './samples.ts';

/** 8-bit RGB PNG; the same raster gives the same bytes on every host. */
export function encodePng(raster: Raster): Uint8Array {
  return encode({ width: raster.width, height: raster.height, data: raster.data, channels: 3, depth: 8 });
}

/** Any PNG to 8-bit RGB: samples rounded to 8 bits, transparency composited over white. Profiles are not applied. Throws on damage. */
export function decodePng(bytes: Uint8Array): Raster {
  return reduceSamples(readPngSamples(bytes), { rule: 'full' }).raster;
}

/** Palettes and grey of less than 8 bits come as 8-bit colours. Throws on damage. */
export function readPngSamples(bytes: Uint8Array): Samples {
  const image = decode(bytes, { checkCrc: true });
  const { width, height } = image;
  const palette = image.palette ?? greyPalette(image);
  if (palette) {
    const data = convertIndexedToRgb({ ...image, palette });
    const channels = palette[0]!.length;
    return { width, height, channels, data, bitDepth: 8, isGrey: false, alpha: channels === 4 ? 'straight' : 'none' };
  }
  const { channels, depth: bitDepth, data, transparency: clear } = image;
  if (data instanceof Uint8ClampedArray) throw new Error('samples of an unknown kind');
  const hasAlpha = channels === 2 || channels === 4;
  return {
    width,
    height,
    channels,
    data,
    bitDepth,
    isGrey: channels < 3,
    alpha: hasAlpha ? 'straight' : 'none',
    clear,
  };
}

/** Grey of 1, 2 or 4 bits comes packed like palette indices: the palette that turns it into colours. */
function greyPalette(image: DecodedPng): IndexedColors | null {
  if (image.depth >= 8) return null;
  const steps = 2 ** image.depth - 1;
  const clear = image.transparency?.[0];
  return Array.from({ length: steps + 1 }, (_, index) => {
    const grey = (index * 255) / steps;
    return clear === undefined ? [grey, grey, grey] : [grey, grey, grey, index === clear ? 0 : 255];
  });
}
