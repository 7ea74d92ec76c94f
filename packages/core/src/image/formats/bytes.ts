/** Reading helpers shared by the header readers. */

/** Bytes as characters 0..255, one each. */
export function ascii(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Offset of the ASCII `text` at or after `from` and before `to`, or -1. */
export function findAscii(bytes: Uint8Array, text: string, from: number, to: number): number {
  const codes = Array.from(text, (char) => char.charCodeAt(0));
  const last = Math.min(to, bytes.length) - codes.length;
  for (let at = from; at <= last; at++) {
    if (codes.every((code, index) => bytes[at + index] === code)) return at;
  }
  return -1;
}

/** Thrown by a header reader when the structure itself says that bytes are missing. */
export class TruncatedError extends Error {}

/** Thrown by a header reader for a valid variant of the format that nothing here decodes. */
export class UnsupportedVariantError extends Error {}
