/** AVIF: top-level boxes must fit the file; properties are looked up in the meta box (ISO 23008-12, AV1-ISOBMFF). */
import { imageSize } from 'image-size';
import { ascii, findAscii, TruncatedError, UnsupportedVariantError, viewOf } from './bytes.ts';
import { PLAIN_HEADER, type HeaderFields } from './header.ts';
import { readIccDescription } from './icc.ts';

const ALPHA_URN = 'urn:mpeg:mpegB:cicp:systems:auxiliary:alpha';

export function readAvifHeader(bytes: Uint8Array): HeaderFields {
  if (ascii(bytes, 8, 12) === 'avis') throw new UnsupportedVariantError('Animated AVIF');
  const view = viewOf(bytes);
  let meta = { start: 0, end: 0 };
  for (let at = 0; at < bytes.length;) {
    const shortSize = view.getUint32(at);
    const size = shortSize === 1 ? Number(view.getBigUint64(at + 8)) : shortSize === 0 ? bytes.length - at : shortSize;
    if (size < 8 || at + size > bytes.length) throw new TruncatedError('box');
    if (ascii(bytes, at + 4, at + 8) === 'meta') meta = { start: at, end: at + size };
    at += size;
  }
  const find = (text: string) => findAscii(bytes, text, meta.start, meta.end);
  const { width, height } = imageSize(bytes);
  return {
    ...PLAIN_HEADER,
    width,
    height,
    orientation: readOrientation(view, find('irot')),
    bitDepth: readBitDepth(view, find('av1C')),
    hasAlpha: find(ALPHA_URN) >= 0,
    profile: readProfile(bytes, find('colrprof')),
  };
}

/** irot: quarter turns anticlockwise, as the EXIF orientation that means the same. */
function readOrientation(view: DataView, at: number): number {
  return at < 0 ? 1 : [1, 8, 3, 6][view.getUint8(at + 4) & 3]!;
}

/** av1C: marker and version, profile and level, then tier (1 bit), high_bitdepth (1), twelve_bit (1). */
function readBitDepth(view: DataView, at: number): number {
  if (at < 0) return 8;
  const flags = view.getUint8(at + 6);
  return flags & 0x40 ? (flags & 0x20 ? 12 : 10) : 8;
}

function readProfile(bytes: Uint8Array, at: number): string | null {
  return at < 0 ? null : readIccDescription(bytes.subarray(at + 8));
}
