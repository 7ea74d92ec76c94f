/** What a header reader finds out without decoding a pixel. */
export interface HeaderFields {
  /** As stored, before the EXIF orientation. */
  readonly width: number;
  readonly height: number;
  /** EXIF orientation 1..8. */
  readonly orientation: number;
  /** Bits per sample. */
  readonly bitDepth: number;
  /** Told for the formats that may have more than 8 bits. */
  readonly isGrey: boolean;
  readonly isCmyk: boolean;
  readonly hasAlpha: boolean;
  readonly isAnimated: boolean;
  /** Whole pictures in the file; the first one is used. */
  readonly pages: number;
  /** Description of the embedded ICC profile, null without one. */
  readonly profile: string | null;
}

/** Reads the header and walks the file's structure to its end. Throws `TruncatedError` or `RangeError` when it is cut. */
export type HeaderReader = (bytes: Uint8Array) => HeaderFields;

export const PLAIN_HEADER = {
  orientation: 1,
  bitDepth: 8,
  isGrey: false,
  isCmyk: false,
  hasAlpha: false,
  isAnimated: false,
  pages: 1,
  profile: null,
} as const satisfies Omit<HeaderFields, 'width' | 'height'>;
