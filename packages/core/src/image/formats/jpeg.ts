/** JPEG: walks segments and entropy-coded data to the end-of-image marker (ITU T.81 annex B). */
import { ascii, TruncatedError, UnsupportedVariantError, viewOf } from './bytes.ts';
import { readExifOrientation } from './exif.ts';
import { PLAIN_HEADER, type HeaderFields } from './header.ts';
import { readIccDescription } from './icc.ts';

/** Frames 0xc0 to 0xc2 (baseline, extended, progressive Huffman) are what every decoder reads. */
const PROGRESSIVE = 0xc2;
const START_OF_SCAN = 0xda;
const END_OF_IMAGE = 0xd9;
const APP1 = 0xe1;
const APP2 = 0xe2;
const EXIF_HEAD = 'Exif\0\0';
const ICC_HEAD = 'ICC_PROFILE\0';

export function readJpegHeader(bytes: Uint8Array): HeaderFields {
  const view = viewOf(bytes);
  let frame: { bitDepth: number; height: number; width: number; components: number } | null = null;
  let orientation: number | null = null;
  const profileParts: Uint8Array[] = [];
  for (let at = 2; ;) {
    const marker = nextMarker(bytes, at);
    if (marker.code === END_OF_IMAGE) break;
    at = marker.end;
    if (isStandalone(marker.code)) continue;
    const length = view.getUint16(at);
    const data = bytes.subarray(at + 2, at + length);
    if (at + length > bytes.length) throw new TruncatedError('segment');
    if (isFrame(marker.code)) {
      if (marker.code > PROGRESSIVE) throw new UnsupportedVariantError('Lossless or arithmetic-coded JPEG');
      if (data[0] !== 8) throw new UnsupportedVariantError(`JPEG with ${data[0]} bits per sample`);
      const segment = viewOf(data);
      frame ??= {
        bitDepth: segment.getUint8(0),
        height: segment.getUint16(1),
        width: segment.getUint16(3),
        components: segment.getUint8(5),
      };
    }
    if (marker.code === APP1 && ascii(data, 0, 6) === EXIF_HEAD) orientation ??= readExifOrientation(data.subarray(6));
    if (marker.code === APP2 && ascii(data, 0, 12) === ICC_HEAD) profileParts.push(data.subarray(14));
    at += length;
    if (marker.code === START_OF_SCAN) at = skipScan(bytes, at);
  }
  if (!frame) throw new TruncatedError('frame');
  return {
    ...PLAIN_HEADER,
    width: frame.width,
    height: frame.height,
    orientation: orientation ?? 1,
    bitDepth: frame.bitDepth,
    isCmyk: frame.components === 4,
    profile: profileParts.length > 0 ? readIccDescription(join(profileParts)) : null,
  };
}

/** The next marker at or after `at`; fill bytes and stray bytes between segments are skipped, as decoders do. */
function nextMarker(bytes: Uint8Array, at: number): { code: number; end: number } {
  for (let index = bytes.indexOf(0xff, at); index >= 0; index = bytes.indexOf(0xff, index + 1)) {
    const code = bytes[index + 1];
    if (code !== undefined && code !== 0 && code !== 0xff) return { code, end: index + 2 };
  }
  throw new TruncatedError('end marker');
}

/** Offset of the first marker after entropy-coded data: 0xff00 is a data byte, 0xffd0..d7 are restarts. */
function skipScan(bytes: Uint8Array, at: number): number {
  for (let index = bytes.indexOf(0xff, at); index >= 0; index = bytes.indexOf(0xff, index + 1)) {
    const code = bytes[index + 1];
    if (code !== undefined && code !== 0 && code !== 0xff && (code < 0xd0 || code > 0xd7)) return index;
  }
  throw new TruncatedError('scan');
}

function isStandalone(code: number): boolean {
  return code === 0x01 || (code >= 0xd0 && code <= 0xd8);
}

/** Start-of-frame markers: 0xc0..0xcf without DHT (c4), JPG (c8) and DAC (cc). */
function isFrame(code: number): boolean {
  return code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
