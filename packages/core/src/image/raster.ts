import type { WindowLevel } from './windowLevel.ts';

/** Upright 8-bit sRGB pixels, row-major, interleaved RGB: `data.length === width * height * 3`. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * An image file after decoding at the edge (browser worker or `sharp`): EXIF orientation applied once, alpha
 * composited over white, converted to 8-bit sRGB. `conversions` says in plain words what was changed on the way
 * (16-bit reduced, Display-P3 converted, alpha flattened, ...); it ends up in the verdict.
 */
export interface DecodedImage {
  readonly name: string;
  /** SHA-256 of the file's bytes: the image's identity everywhere. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly format: 'png' | 'jpeg' | 'webp' | 'bmp' | 'gif' | 'avif' | 'tiff';
  readonly bitDepth: number;
  /** EXIF orientation tag (1..8) that was applied; 1 when there was none. */
  readonly orientationApplied: number;
  readonly conversions: readonly string[];
  /** Which samples became black and white, for images of more than 8 bits that are reduced here; null for others. */
  readonly windowLevel: WindowLevel | null;
  readonly raster: Raster;
}
