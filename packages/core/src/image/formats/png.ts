/** PNG: walks every chunk to IEND (https://www.w3.org/TR/png-3/#5Chunk-layout). */
import { unzlibSync } from 'fflate';
import { ascii, TruncatedError, viewOf } from './bytes.ts';
import { readExifOrientation } from './exif.ts';
import type { HeaderFields } from './header.ts';
import { readIccDescription, UNNAMED_PROFILE } from './icc.ts';

const SIGNATURE_BYTES = 8;
const GREY = 0;
const GREY_ALPHA = 4;
const RGB_ALPHA = 6;

export function readPngHeader(bytes: Uint8Array): HeaderFields {
  const view = viewOf(bytes);
  const colourType = bytes[25];
  let hasAlpha = colourType === GREY_ALPHA || colourType === RGB_ALPHA;
  let profile: string | null = null;
  let orientation = 1;
  let isAnimated = false;
  for (let at = SIGNATURE_BYTES; ;) {
    const length = view.getUint32(at);
    const type = ascii(bytes, at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    at += 12 + length;
    if (at > bytes.length) throw new TruncatedError(type);
    if (type === 'tRNS') hasAlpha = true;
    if (type === 'iCCP') profile = describeProfile(data);
    if (type === 'eXIf') orientation = readExifOrientation(data);
    if (type === 'acTL') isAnimated = true;
    if (type === 'IEND') break;
  }
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    orientation,
    bitDepth: view.getUint8(24),
    isGrey: colourType === GREY || colourType === GREY_ALPHA,
    isCmyk: false,
    hasAlpha,
    isAnimated,
    pages: 1,
    profile,
  };
}

/** iCCP: name, 0, compression method, zlib stream. */
function describeProfile(chunk: Uint8Array): string {
  const nameEnd = chunk.indexOf(0);
  const name = ascii(chunk, 0, nameEnd);
  const description = readIccDescription(unzlibSync(chunk.subarray(nameEnd + 2)));
  return description === UNNAMED_PROFILE && name ? name : description;
}
