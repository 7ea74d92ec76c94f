/**
 * BMP, uncompressed: 1, 4, 8, 24 or 32 bits (https://learn.microsoft.com/windows/win32/gdi/bitmap-storage). Decoded here
 * because `sharp` has no BMP and the small npm decoders misread palettes, top-down rows or 32-bit pixels.
 */
import type { Raster } from '../raster.ts';
import { TruncatedError, UnsupportedVariantError, viewOf } from './bytes.ts';
import { PLAIN_HEADER, type HeaderFields } from './header.ts';

const FILE_HEADER_BYTES = 14;
const INFO_HEADER_BYTES = 40;
const BITFIELDS = 3;
/** The masks that say what uncompressed 32-bit pixels are anyway: blue, green, red, unused. */
const STANDARD_MASKS = [0xff0000, 0x00ff00, 0x0000ff];

interface BmpLayout {
  readonly dataOffset: number;
  readonly paletteOffset: number;
  readonly width: number;
  readonly height: number;
  readonly isTopDown: boolean;
  readonly bits: number;
  /** Bytes per row, a multiple of 4. */
  readonly stride: number;
}

export function readBmpHeader(bytes: Uint8Array): HeaderFields {
  const { width, height } = readLayout(bytes);
  return { ...PLAIN_HEADER, width, height };
}

/** Pixels of a file that `readBmpHeader` accepted. The fourth byte of 32-bit pixels is ignored. */
export function decodeBmp(bytes: Uint8Array): Raster {
  const layout = readLayout(bytes);
  const { width, height, bits } = layout;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const row = layout.dataOffset + (layout.isTopDown ? y : height - 1 - y) * layout.stride;
    for (let x = 0; x < width; x++, to += 3) {
      const from = bits > 8 ? row + (x * bits) / 8 : layout.paletteOffset + 4 * paletteIndex(bytes, row, x, bits);
      data[to] = bytes[from + 2]!;
      data[to + 1] = bytes[from + 1]!;
      data[to + 2] = bytes[from]!;
    }
  }
  return { width, height, data };
}

/** Pixels of 1, 4 or 8 bits are packed from the high end of each byte. */
function paletteIndex(bytes: Uint8Array, row: number, x: number, bits: number): number {
  const bit = x * bits;
  return (bytes[row + (bit >> 3)]! >> (8 - bits - (bit & 7))) & ((1 << bits) - 1);
}

function readLayout(bytes: Uint8Array): BmpLayout {
  const view = viewOf(bytes);
  const headerBytes = view.getUint32(14, true);
  const signedHeight = view.getInt32(22, true);
  const bits = view.getUint16(28, true);
  const compression = view.getUint32(30, true);
  const isPlain = compression === 0 && [1, 4, 8, 24, 32].includes(bits);
  const isMasked = compression === BITFIELDS && bits === 32 && hasStandardMasks(view);
  if (headerBytes < INFO_HEADER_BYTES || !(isPlain || isMasked)) {
    throw new UnsupportedVariantError(`This kind of BMP (${bits} bits, compression ${compression})`);
  }
  const width = view.getInt32(18, true);
  const layout: BmpLayout = {
    dataOffset: view.getUint32(10, true),
    paletteOffset: FILE_HEADER_BYTES + headerBytes,
    width,
    height: Math.abs(signedHeight),
    isTopDown: signedHeight < 0,
    bits,
    stride: 4 * Math.ceil((width * bits) / 32),
  };
  if (layout.dataOffset + layout.stride * layout.height > bytes.length) throw new TruncatedError('pixel data');
  return layout;
}

function hasStandardMasks(view: DataView): boolean {
  return STANDARD_MASKS.every((mask, index) => view.getUint32(54 + 4 * index, true) === mask);
}
