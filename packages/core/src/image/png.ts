/** PNG in and out without a host (fast-png): crops in traces, and files whose pixels must not depend on the decoder. */
import { convertIndexedToRgb, decode, encode, type DecodedPng, type IndexedColors } from 'fast-png';
import type { Raster } from './raster.ts';

/** 8-bit RGB PNG; the same raster gives the same bytes on every host. */
export function encodePng(raster: Raster): Uint8Array {
  return encode({ width: raster.width, height: raster.height, data: raster.data, channels: 3, depth: 8 });
}

/** Any PNG to 8-bit RGB: samples rounded to 8 bits, transparency composited over white. Profiles are not applied. Throws on damage. */
export function decodePng(bytes: Uint8Array): Raster {
  const image = decode(bytes, { checkCrc: true });
  const palette = image.palette ?? greyPalette(image);
  const samples = palette ? convertIndexedToRgb({ ...image, palette }) : image.data;
  const channels = palette ? palette[0]!.length : image.channels;
  const { width, height } = image;
  const maximum = palette ? 255 : 2 ** image.depth - 1;
  const colours = channels >= 3 ? 3 : 1;
  const hasAlpha = channels === 2 || channels === 4;
  const clear = (!palette && image.transparency) || null;
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += channels, to += 3) {
    const isClear = clear !== null && isColour(samples, from, clear);
    const alpha = isClear ? 0 : hasAlpha ? toByte(samples[from + colours]!, maximum) : 255;
    for (let channel = 0; channel < 3; channel++) {
      const value = toByte(samples[from + (colours === 3 ? channel : 0)]!, maximum);
      data[to + channel] = alpha === 255 ? value : Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    }
  }
  return { width, height, data };
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

function toByte(sample: number, maximum: number): number {
  return maximum === 255 ? sample : Math.round((sample * 255) / maximum);
}

/** Whether the sample is the one colour that tRNS makes transparent. */
function isColour(samples: ArrayLike<number>, at: number, colour: Uint16Array): boolean {
  for (let channel = 0; channel < colour.length; channel++) {
    if (samples[at + channel] !== colour[channel]) return false;
  }
  return true;
}
