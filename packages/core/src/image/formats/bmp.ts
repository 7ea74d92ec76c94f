/** BMP as industrial cameras write it: 1, 8 or 24 bits uncompressed, or 32 bits with the standard masks; fast-bmp reads the pixels. */
import { decode } from 'fast-bmp';
import { assert } from '../../support/assert.ts';
import type { Raster } from '../raster.ts';
import { TruncatedError, UnsupportedVariantError, viewOf } from './bytes.ts';
import { PLAIN_HEADER, type HeaderFields } from './header.ts';

const BITFIELDS = 3;

interface BmpLayout {
  readonly dataOffset: number;
  readonly headerBytes: number;
  readonly width: number;
  /** Negative: rows are stored top-down. */
  readonly signedHeight: number;
  readonly bits: number;
  readonly compression: number;
}

export function readBmpHeader(bytes: Uint8Array): HeaderFields {
  const layout = readLayout(bytes);
  const { width, bits, compression, dataOffset } = layout;
  const height = Math.abs(layout.signedHeight);
  const isKnown = (compression === 0 && [1, 8, 24].includes(bits)) || (compression === BITFIELDS && bits === 32);
  if (!isKnown || layout.headerBytes < 40) {
    throw new UnsupportedVariantError(`This kind of BMP (${bits} bits, compression ${compression})`);
  }
  if (dataOffset + 4 * Math.ceil((width * bits) / 32) * height > bytes.length) throw new TruncatedError('pixel data');
  return { ...PLAIN_HEADER, width, height };
}

/** Pixels of a file that `readBmpHeader` accepted. The fourth byte of 32-bit pixels is ignored. */
export function decodeBmp(bytes: Uint8Array): Raster {
  const layout = readLayout(bytes);
  const isTopDown = layout.signedHeight < 0;
  const image = decode(isTopDown ? withPositiveHeight(bytes, -layout.signedHeight) : bytes);
  const { width, height, channels, data: source } = image;
  assert(source instanceof Uint8Array, 'fast-bmp gives bytes');
  const palette = layout.bits <= 8 ? bytes.subarray(14 + layout.headerBytes, layout.dataOffset) : null;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    let from = (isTopDown ? height - 1 - y : y) * width * channels;
    let to = y * width * 3;
    for (let x = 0; x < width; x++, from += channels, to += 3) {
      const colour = palette ? source[from]! * 4 : 0;
      data[to] = palette ? (palette[colour + 2] ?? 0) : source[from]!;
      data[to + 1] = palette ? (palette[colour + 1] ?? 0) : source[from + 1]!;
      data[to + 2] = palette ? (palette[colour] ?? 0) : source[from + 2]!;
    }
  }
  return { width, height, data };
}

function readLayout(bytes: Uint8Array): BmpLayout {
  const view = viewOf(bytes);
  return {
    dataOffset: view.getUint32(10, true),
    headerBytes: view.getUint32(14, true),
    width: view.getInt32(18, true),
    signedHeight: view.getInt32(22, true),
    bits: view.getUint16(28, true),
    compression: view.getUint32(30, true),
  };
}

/** fast-bmp reads rows bottom-up only; the caller flips them back. */
function withPositiveHeight(bytes: Uint8Array, height: number): Uint8Array {
  const copy = bytes.slice();
  viewOf(copy).setInt32(22, height, true);
  return copy;
}
