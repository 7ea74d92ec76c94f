/**
 * Everything about an image file that can be told, or refused, before its pixels are decoded. Both edges call this
 * first, so that browser and command line accept the same files and describe them in the same words.
 */
import { UserError } from '../support/userError.ts';
import { TruncatedError, UnsupportedVariantError } from './formats/bytes.ts';
import type { HeaderFields } from './formats/header.ts';
import { headerReaders } from './formats/index.ts';
import { imageDamaged, imageTruncated, imageUnsupported } from './imageErrors.ts';
import { checkImageLimits } from './limits.ts';
import { sniffFormat, type ImageFormat } from './sniff.ts';

export interface ImageFileInfo extends HeaderFields {
  readonly format: ImageFormat;
  /** The colours are not sRGB: the edge must convert them with the embedded profile. */
  readonly needsColourConversion: boolean;
  /** Plain words for `DecodedImage.conversions`. */
  readonly conversions: readonly string[];
}

/** Reads format, size, orientation, depth and profile; throws a `UserError` for a file that must be refused. */
export function inspectImageFile(bytes: Uint8Array, name: string): ImageFileInfo {
  const format = sniffFormat(bytes, name);
  const fields = readFields(bytes, name, format);
  if (fields.width < 1 || fields.height < 1) throw imageDamaged(name, label(format));
  checkImageLimits(name, fields);
  const needsColourConversion =
    isConvertible(format, fields) && fields.profile !== null && !/s\W?RGB|IEC\W?61966/i.test(fields.profile);
  return { ...fields, format, needsColourConversion, conversions: describeConversions(fields, needsColourConversion) };
}

/**
 * CMYK is converted by the plain formula on both edges: their colour engines differ by up to 50 levels. TIFF is decoded
 * without a colour engine; and grey of more than 8 bits is measured light, for which its window is chosen instead.
 */
function isConvertible(format: ImageFormat, { isCmyk, isGrey, bitDepth }: HeaderFields): boolean {
  return !isCmyk && format !== 'tiff' && !(isGrey && bitDepth > 8);
}

function readFields(bytes: Uint8Array, name: string, format: ImageFormat): HeaderFields {
  try {
    return headerReaders[format](bytes);
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (error instanceof UnsupportedVariantError) throw imageUnsupported(name, error.message);
    // A DataView read past the end of the file is a RangeError.
    if (error instanceof TruncatedError || error instanceof RangeError) throw imageTruncated(name, label(format));
    throw imageDamaged(name, label(format), error);
  }
}

function describeConversions(fields: HeaderFields, needsColourConversion: boolean): string[] {
  const conversions: string[] = [];
  if (fields.isCmyk) conversions.push('CMYK colours converted to sRGB without their profile');
  else if (needsColourConversion) conversions.push(`colours converted from ${fields.profile} to sRGB`);
  if (fields.hasAlpha) conversions.push('transparency flattened over white');
  if (fields.pages > 1) conversions.push(`first of ${fields.pages} pages used`);
  if (fields.isAnimated) conversions.push('first frame of an animation used');
  return conversions;
}

function label(format: ImageFormat): string {
  return format === 'webp' ? 'WebP image' : `${format.toUpperCase()} image`;
}
