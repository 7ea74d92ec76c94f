/** Samples of a TIFF's first page (geotiff). Loaded with the first TIFF; `readTiffHeader` refuses what this cannot read. */
import { fromArrayBuffer } from 'geotiff';
import { PALETTE, WHITE_IS_ZERO, type TiffPage } from './formats/tiff.ts';
import type { Samples } from './samples.ts';

/** Throws on damage. */
export async function readTiffSamples(bytes: Uint8Array, page: TiffPage): Promise<Samples> {
  const file = await fromArrayBuffer(bytes.slice().buffer);
  const image = await file.getImage(0);
  const data = await image.readRasters({ interleave: true });
  if (!(data instanceof Uint8Array) && !(data instanceof Uint16Array)) throw new Error('samples of an unknown kind');
  const { width, height, photometric, bitDepth, samplesPerPixel: channels } = page;
  if (data.length !== width * height * channels) throw new Error('the pixels do not fill the picture');
  if (photometric === PALETTE) return unfold(data, page);
  if (photometric === WHITE_IS_ZERO) invert(data, channels, 2 ** bitDepth - 1);
  return { width, height, channels, data, bitDepth, isGrey: page.isGrey, alpha: page.alpha };
}

function invert(data: Uint8Array | Uint16Array, channels: number, maximum: number): void {
  for (let at = 0; at < data.length; at += channels) data[at] = maximum - data[at]!;
}

/** Colours of a palette have 16 bits, all reds first; 8 of them are meant to be shown. */
function unfold(indices: Uint8Array | Uint16Array, { width, height, palette, samplesPerPixel }: TiffPage): Samples {
  const count = palette.length / 3;
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += samplesPerPixel, to += 3) {
    for (let channel = 0; channel < 3; channel++) {
      const colour = palette[channel * count + indices[from]!];
      if (colour === undefined) throw new Error('a pixel has a colour that the palette lacks');
      data[to + channel] = colour >> 8;
    }
  }
  return { width, height, channels: 3, data, bitDepth: 8, isGrey: false, alpha: 'none' };
}
