/**
 * Which image format the bytes are, by their first bytes and never by the file's name; anything else is refused by
 * name (empty, text, PDF, HEIC, ...).
 */
import { ascii } from './formats/bytes.ts';
import { imageEmpty, imageHeic, imageNotAnImage, imageTruncated, imageUnsupported } from './imageErrors.ts';
import type { DecodedImage } from './raster.ts';

export type ImageFormat = DecodedImage['format'];

/** Enough bytes to recognise every format of the lists below. */
const HEAD_BYTES = 512;
const PNG_SIGNATURE = '\x89PNG\r\n\x1a\n';
const HEIF_BRANDS = new Set(['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']);

const ACCEPTED: readonly { format: ImageFormat; matches: (head: string) => boolean }[] = [
  { format: 'png', matches: (head) => head.startsWith(PNG_SIGNATURE) },
  { format: 'jpeg', matches: (head) => head.startsWith('\xff\xd8\xff') },
  { format: 'webp', matches: (head) => head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP' },
  { format: 'bmp', matches: (head) => head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0' },
  { format: 'gif', matches: (head) => head.startsWith('GIF87a') || head.startsWith('GIF89a') },
  { format: 'avif', matches: (head) => isoBrands(head).some((brand) => brand === 'avif' || brand === 'avis') },
  { format: 'tiff', matches: (head) => /^(II\*\0|MM\0\*)/.test(head) },
];

const UNSUPPORTED: readonly { what: string; matches: (head: string) => boolean }[] = [
  { what: 'BigTIFF', matches: (head) => /^(II\+\0|MM\0\+)/.test(head) },
  { what: 'JPEG XL', matches: (head) => head.startsWith('\xff\x0a') || head.slice(4, 12) === 'JXL \r\n\x87\n' },
  { what: 'JPEG 2000', matches: (head) => head.slice(4, 8) === 'jP  ' || head.startsWith('\xff\x4f\xff\x51') },
  { what: 'Photoshop (PSD)', matches: (head) => head.startsWith('8BPS') },
  { what: 'Windows icon (ICO)', matches: (head) => /^\0\0[\x01\x02]\0/.test(head) },
  { what: 'DICOM', matches: (head) => head.slice(128, 132) === 'DICM' },
  { what: 'OpenEXR', matches: (head) => head.startsWith('\x76\x2f\x31\x01') },
  { what: 'PNM', matches: (head) => /^P[1-7]\s/.test(head) },
  {
    what: 'SVG (a drawing, not pixels)',
    matches: (head) => /^(\xef\xbb\xbf)?\s*</.test(head) && /<svg[\s>]/i.test(head),
  },
];

const NOT_IMAGES: readonly { what: string; matches: (head: string) => boolean }[] = [
  { what: 'a PDF document', matches: (head) => head.startsWith('%PDF') },
  { what: 'a zip archive or office document', matches: (head) => head.startsWith('PK\x03\x04') },
  { what: 'a gzip archive', matches: (head) => head.startsWith('\x1f\x8b') },
  { what: 'a video', matches: (head) => head.slice(4, 8) === 'ftyp' || head.startsWith('\x1aE\xdf\xa3') },
  { what: 'a web page', matches: (head) => /^\s*<(!doctype html|html)/i.test(head) },
  { what: 'text', matches: isText },
];

/** The format, or a `UserError`: `image-empty`, `image-truncated`, `image-unsupported`, `image-not-an-image`. */
export function sniffFormat(bytes: Uint8Array, name: string): ImageFormat {
  if (bytes.length === 0) throw imageEmpty(name);
  const head = ascii(bytes, 0, Math.min(bytes.length, HEAD_BYTES));
  const accepted = ACCEPTED.find((entry) => entry.matches(head));
  if (accepted) return accepted.format;
  if (head.length < PNG_SIGNATURE.length && (PNG_SIGNATURE.startsWith(head) || '\xff\xd8\xff'.startsWith(head))) {
    throw imageTruncated(name, 'image');
  }
  if (isoBrands(head).some((brand) => HEIF_BRANDS.has(brand))) throw imageHeic(name);
  const unsupported = UNSUPPORTED.find((entry) => entry.matches(head));
  if (unsupported) throw imageUnsupported(name, unsupported.what);
  const other = NOT_IMAGES.find((entry) => entry.matches(head));
  throw imageNotAnImage(name, other ? other.what : 'of no known image format');
}

/** Major and compatible brands of an ISO media file (`ftyp` box); empty for anything else. */
function isoBrands(head: string): string[] {
  if (head.slice(4, 8) !== 'ftyp') return [];
  const end = Math.min(head.length, (head.charCodeAt(2) << 8) | head.charCodeAt(3));
  const brands = [head.slice(8, 12)];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.slice(at, at + 4));
  return brands;
}

function isText(head: string): boolean {
  // Control characters other than white space never occur in text of any ASCII-compatible encoding.
  return !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(head);
}
