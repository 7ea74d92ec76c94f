/** WebP: the RIFF chunks (https://developers.google.com/speed/webp/docs/riff_container). */
import { imageSize } from 'image-size';
import { ascii, TruncatedError, viewOf } from './bytes.ts';
import { readExifOrientation } from './exif.ts';
import { PLAIN_HEADER, type HeaderFields } from './header.ts';
import { readIccDescription } from './icc.ts';

const EXTENDED_ALPHA = 0x10;
const EXTENDED_ANIMATION = 0x02;

export function readWebpHeader(bytes: Uint8Array): HeaderFields {
  const view = viewOf(bytes);
  const end = 8 + view.getUint32(4, true);
  if (end > bytes.length) throw new TruncatedError('RIFF');
  let fields = { ...PLAIN_HEADER, ...sizeOf(bytes) } as HeaderFields;
  for (let at = 12; at + 8 <= end;) {
    const type = ascii(bytes, at, at + 4);
    const length = view.getUint32(at + 4, true);
    const data = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'VP8X') {
      const flags = viewOf(data).getUint8(0);
      fields = { ...fields, hasAlpha: (flags & EXTENDED_ALPHA) > 0, isAnimated: (flags & EXTENDED_ANIMATION) > 0 };
    }
    if (type === 'VP8L') fields = { ...fields, hasAlpha: (viewOf(data).getUint8(4) & 0x10) > 0 };
    if (type === 'ICCP') fields = { ...fields, profile: readIccDescription(data) };
    if (type === 'EXIF') fields = { ...fields, orientation: readExifOrientation(skipExifHead(data)) };
    at += 8 + length + (length & 1);
  }
  return fields;
}

function sizeOf(bytes: Uint8Array): { width: number; height: number } {
  const { width, height } = imageSize(bytes);
  return { width, height };
}

/** Some writers put JPEG's `Exif\0\0` in front of the TIFF block. */
function skipExifHead(data: Uint8Array): Uint8Array {
  return ascii(data, 0, 4) === 'Exif' ? data.subarray(6) : data;
}
