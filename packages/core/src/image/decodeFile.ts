/**
 * The parts of decoding that both edges share: formats whose pixels must not depend on the host's decoder, and the
 * description that goes with the pixels.
 */
import { sha256Hex } from '../support/hash.ts';
import { decodeBmp } from './formats/bmp.ts';
import { readTiffHeader } from './formats/tiff.ts';
import { imageDamaged } from './imageErrors.ts';
import type { ImageFileInfo } from './inspectFile.ts';
import { applyOrientation, uprightSize } from './orientation.ts';
import { readPngSamples } from './png.ts';
import type { DecodedImage } from './raster.ts';
import { reduceSamples, type Reduced } from './samples.ts';
import type { WindowChoice } from './windowLevel.ts';

/**
 * Upright pixels of the files that are decoded here on every host (TIFF, which browsers lack; BMP, which `sharp` lacks;
 * 16-bit, transparent and EXIF-rotated PNG, where decoders differ), or null: decode natively.
 */
export async function decodePortably(
  bytes: Uint8Array,
  name: string,
  info: ImageFileInfo,
  window: WindowChoice,
): Promise<Reduced | null> {
  try {
    const reduced = await reduce(bytes, info, window);
    return reduced && { ...reduced, raster: applyOrientation(reduced.raster, info.orientation) };
  } catch (error) {
    throw imageDamaged(name, `${info.format.toUpperCase()} image`, error);
  }
}

async function reduce(bytes: Uint8Array, info: ImageFileInfo, window: WindowChoice): Promise<Reduced | null> {
  if (info.format === 'bmp') return { raster: decodeBmp(bytes), windowLevel: null };
  if (info.format === 'tiff') {
    const { readTiffSamples } = await import('./tiffSamples.ts');
    return reduceSamples(await readTiffSamples(bytes, readTiffHeader(bytes)), window);
  }
  const isPortablePng =
    info.format === 'png' &&
    !info.needsColourConversion &&
    (info.bitDepth > 8 || info.hasAlpha || info.orientation > 1);
  return isPortablePng ? reduceSamples(readPngSamples(bytes), window) : null;
}

/** Joins pixels and description. A raster of another size than the header promised means that the file is damaged. */
export function describeDecoded(
  bytes: Uint8Array,
  name: string,
  info: ImageFileInfo,
  { raster, windowLevel }: Reduced,
): DecodedImage {
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
    conversions: [...describeReduction(info.bitDepth, windowLevel), ...info.conversions],
    windowLevel,
    raster,
  };
}

function describeReduction(bitDepth: number, windowLevel: Reduced['windowLevel']): string[] {
  if (bitDepth <= 8) return [];
  const reduced = `${bitDepth}-bit samples reduced to 8-bit`;
  if (!windowLevel || (windowLevel.low === 0 && windowLevel.high === 2 ** bitDepth - 1)) return [reduced];
  return [`${reduced}: ${windowLevel.low} to ${windowLevel.high} shown from black to white`];
}
