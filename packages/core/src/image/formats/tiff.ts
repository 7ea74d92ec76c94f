/** TIFF: the first page's directory, and that its strips or tiles are all there (TIFF 6.0, Adobe 1992). */
import { readExifOrientation } from './exif.ts';
import { ascii, TruncatedError, UnsupportedVariantError, viewOf } from './bytes.ts';
import type { HeaderFields } from './header.ts';
import { readIccDescription } from './icc.ts';

export const WHITE_IS_ZERO = 0;
const BLACK_IS_ZERO = 1;
const RGB = 2;
export const PALETTE = 3;

export interface TiffPage extends HeaderFields {
  readonly photometric: number;
  readonly samplesPerPixel: number;
  readonly alpha: 'none' | 'straight' | 'premultiplied';
  /** Red of every index, then green, then blue, 16 bits each; empty without. */
  readonly palette: readonly number[];
}

const TAG = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  stripOffsets: 273,
  samplesPerPixel: 277,
  stripBytes: 279,
  palette: 320,
  tileOffsets: 324,
  tileBytes: 325,
  subDirectories: 330,
  extraSamples: 338,
  sampleFormat: 339,
  profile: 34_675,
  dng: 50_706,
} as const;

/** None, LZW, deflate (twice), PackBits. */
const READABLE_COMPRESSIONS = new Set([1, 5, 8, 32_946, 32_773]);
const COMPRESSION_NAMES: Readonly<Record<number, string>> = {
  2: 'CCITT Huffman',
  3: 'CCITT Group 3 fax',
  4: 'CCITT Group 4 fax',
  6: 'old-style JPEG',
  7: 'JPEG',
  34_712: 'JPEG 2000',
  34_887: 'LERC',
  34_925: 'LZMA',
  50_000: 'Zstandard',
  50_001: 'WebP',
  50_002: 'JPEG XL',
};
const COLOUR_NAMES: Readonly<Record<number, string>> = {
  4: 'transparency masks',
  5: 'CMYK colours',
  6: 'YCbCr colours',
  8: 'CIE Lab colours',
  32_803: 'camera raw samples',
};

export function readTiffHeader(bytes: Uint8Array): TiffPage {
  const littleEndian = ascii(bytes, 0, 2) === 'II';
  const view = viewOf(bytes);
  const directory = view.getUint32(4, littleEndian);
  const fields = readDirectory(view, directory, littleEndian);
  const one = (tag: number, otherwise: number) => fields.get(tag)?.[0] ?? otherwise;
  if (
    ascii(bytes, 8, 10) === 'CR' ||
    fields.has(TAG.dng) ||
    (one(TAG.subfileType, 0) & 1 && fields.has(TAG.subDirectories))
  )
    throw new UnsupportedVariantError('Camera raw in a TIFF file');
  const compression = one(TAG.compression, 1);
  if (!READABLE_COMPRESSIONS.has(compression))
    throw new UnsupportedVariantError(
      `TIFF with ${COMPRESSION_NAMES[compression] ?? `unknown (${compression})`} compression`,
    );
  const photometric = one(TAG.photometric, BLACK_IS_ZERO);
  if (photometric > PALETTE)
    throw new UnsupportedVariantError(`TIFF with ${COLOUR_NAMES[photometric] ?? 'unknown colours'}`);
  const bits = fields.get(TAG.bits) ?? [1];
  const bitDepth = bits[0]!;
  const format = one(TAG.sampleFormat, 1);
  if (format === 3) throw new UnsupportedVariantError(`TIFF with ${bitDepth}-bit floating-point samples`);
  if (format === 2) throw new UnsupportedVariantError('TIFF with signed samples');
  if (bitDepth > 16 || bits.some((other) => other !== bitDepth))
    throw new UnsupportedVariantError(`TIFF with ${bits.join(', ')}-bit samples`);
  checkPieces(fields, bytes.length);
  const samplesPerPixel = one(TAG.samplesPerPixel, 1);
  const colours = photometric === RGB ? 3 : 1;
  if (samplesPerPixel < colours) throw new Error('it has too few samples per pixel');
  const alpha =
    samplesPerPixel > colours ? (['none', 'premultiplied', 'straight'] as const)[one(TAG.extraSamples, 0)] : 'none';
  const profile = fields.get(TAG.profile);
  return {
    width: one(TAG.width, 0),
    height: one(TAG.height, 0),
    orientation: readExifOrientation(bytes),
    bitDepth: photometric === PALETTE ? 8 : bitDepth,
    isGrey: photometric <= BLACK_IS_ZERO,
    isCmyk: false,
    hasAlpha: (alpha ?? 'none') !== 'none',
    isAnimated: false,
    pages: countPages(view, directory, littleEndian),
    profile: profile ? readIccDescription(Uint8Array.from(profile)) : null,
    photometric,
    samplesPerPixel,
    alpha: alpha ?? 'none',
    palette: fields.get(TAG.palette) ?? [],
  };
}

/** Every piece of the pixels lies inside the file. */
function checkPieces(fields: ReadonlyMap<number, readonly number[]>, fileBytes: number): void {
  const offsets = fields.get(TAG.tileOffsets) ?? fields.get(TAG.stripOffsets) ?? [];
  const sizes = fields.get(TAG.tileBytes) ?? fields.get(TAG.stripBytes) ?? [];
  if (offsets.length === 0) throw new Error('it has no pixels');
  if (sizes.length !== offsets.length) throw new Error('it does not say how large its pieces are');
  if (offsets.some((offset, index) => offset + sizes[index]! > fileBytes)) throw new TruncatedError('pixels');
}

const VALUE_READERS: Readonly<
  Record<number, readonly [bytes: number, read: keyof DataView & `getUint${8 | 16 | 32}`]>
> = {
  1: [1, 'getUint8'],
  3: [2, 'getUint16'],
  4: [4, 'getUint32'],
  7: [1, 'getUint8'],
  13: [4, 'getUint32'],
};
const WANTED = new Set<number>(Object.values(TAG));

function readDirectory(view: DataView, at: number, littleEndian: boolean): Map<number, readonly number[]> {
  const fields = new Map<number, readonly number[]>();
  const count = view.getUint16(at, littleEndian);
  for (let entry = at + 2; entry < at + 2 + count * 12; entry += 12) {
    const tag = view.getUint16(entry, littleEndian);
    const reader = VALUE_READERS[view.getUint16(entry + 2, littleEndian)];
    if (!WANTED.has(tag) || !reader) continue;
    const [bytes, read] = reader;
    const values = view.getUint32(entry + 4, littleEndian);
    const start = values * bytes <= 4 ? entry + 8 : view.getUint32(entry + 8, littleEndian);
    if (start + values * bytes > view.byteLength) throw new TruncatedError(`tag ${tag}`);
    fields.set(
      tag,
      Array.from({ length: values }, (_, index) => view[read](start + index * bytes, littleEndian)),
    );
  }
  return fields;
}

/** Whole pictures only: reduced copies are no pages. A chain that loops ends. */
function countPages(view: DataView, first: number, littleEndian: boolean): number {
  const seen = new Set<number>();
  let pages = 0;
  for (let at = first; at !== 0 && !seen.has(at);) {
    seen.add(at);
    const isReduced = (readDirectory(view, at, littleEndian).get(TAG.subfileType)?.[0] ?? 0) & 1;
    if (!isReduced) pages += 1;
    at = view.getUint32(at + 2 + view.getUint16(at, littleEndian) * 12, littleEndian);
  }
  return pages;
}
