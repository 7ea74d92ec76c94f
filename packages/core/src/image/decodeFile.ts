/**
 * The parts of decoding that both edges share: formats whose pixels must not depend on the host's decoder, and the
 * description that goes with the pixels.
 */
import { sha256Hex } from '../support/hash.ts';
import { decodeBmp } from './formats/bmp.ts';
import { imageDamaged } from './imageErrors.ts';
import type { ImageFileInfo } from './inspectFile.ts';
import { applyOrientation, uprightSize } from './orientation.ts';
import { decodePng } from './png.ts';
import type { DecodedImage, Raster } from './raster.ts';

/**
 * Upright pixels of the files that are decoded here on every host (BMP, which `sharp` lacks; 16-bit, transparent
 * and EXIF-rotated PNG, where decoders differ), or null: decode natively.
 */
export function decodePortably(bytes: Uint8Array, name: string, info: ImageFileInfo): Raster | null {
  const isPortablePng =
    info.format === 'png' &&
    !info.needsColourConversion &&
    (info.bitDepth > 8 || info.hasAlpha || info.orientation > 1);
  if (info.format !== 'bmp' && !isPortablePng) return null;
  try {
    return applyOrientation(info.format === 'bmp' ? decodeBmp(bytes) : decodePng(bytes), info.orientation);
  } catch (error) {
    throw imageDamaged(name, `${info.format.toUpperCase()} image`, error);
  }
}

/** Joins pixels and description. A raster of another size than the header promised means that the file is damaged. */
export function describeDecoded(bytes: Uint8Array, name: string, info: ImageFileInfo, raster: Raster): DecodedImage {
  const size = uprightSize(info, info.orientation);
  if (raster.width !== size.width || raster.height !== size.height) {
    throw imageDamaged(name, `${info.format.toUpperCase()} image`);
  }
  return {
    name,
    sha256: sha256Hex(bytes),
    sizeBytes: bytes.length,
    format: info.format,
    bitDepth: info.bitDepth,
    orientationApplied: info.orientation,
    conversions: info.conversions,
    raster,
  };
}
