/** The named refusals of an image file: one place for codes and wording, the same in the browser and on the command line. */
import { UserError } from '../support/userError.ts';

const ACCEPTED = 'PNG, JPEG, TIFF, WebP, BMP, GIF or AVIF';

export function imageEmpty(name: string): UserError {
  return new UserError({
    code: 'image-empty',
    subject: name,
    reason: 'The file is empty (0 bytes).',
    remedy: 'Export or copy the image again.',
  });
}

export function imageTruncated(name: string, what: string): UserError {
  return new UserError({
    code: 'image-truncated',
    subject: name,
    reason: `The ${what} ends early: the file is cut off.`,
    remedy: 'Copy or download the image again.',
  });
}

export function imageDamaged(name: string, what: string, cause?: unknown): UserError {
  const detail = cause instanceof Error ? ` (${cause.message})` : '';
  return new UserError({
    code: 'image-damaged',
    subject: name,
    reason: `The ${what} is damaged and cannot be decoded${detail}.`,
    remedy: 'Copy the image again, or save it anew with an image editor.',
    cause,
  });
}

export function imageNotAnImage(name: string, found: string): UserError {
  return new UserError({
    code: 'image-not-an-image',
    subject: name,
    reason: `This is not an image: the content is ${found}, whatever the file is called.`,
    remedy: `Choose a ${ACCEPTED} file.`,
  });
}

export function imageUnsupported(name: string, found: string): UserError {
  return new UserError({
    code: 'image-unsupported',
    subject: name,
    reason: `${found} is not supported.`,
    remedy: `Save the image as ${ACCEPTED} and try again.`,
  });
}

/** The format of phones: browsers leave it out for the patents on its compression, and so does this. */
export function imageHeic(name: string): UserError {
  return new UserError({
    code: 'image-unsupported',
    subject: name,
    reason: 'HEIC/HEIF is not supported: its compression is patented, and most browsers cannot decode it.',
    remedy: 'Export it as JPEG or PNG; an iPhone takes JPEG with Settings > Camera > Formats > Most Compatible.',
  });
}

export function imageTooLarge(name: string, width: number, height: number, limitPixels: number): UserError {
  return new UserError({
    code: 'image-too-large',
    subject: name,
    reason: `The image has ${width} x ${height} = ${megapixels(width * height)} megapixels; the limit is ${megapixels(limitPixels)}.`,
    remedy: 'Crop it or scale it down first.',
  });
}

export function imageAspect(name: string, width: number, height: number, limit: number): UserError {
  return new UserError({
    code: 'image-aspect',
    subject: name,
    reason: `The image is ${width} x ${height}: one side is more than ${limit} times the other.`,
    remedy: 'Crop it to a less extreme shape first.',
  });
}

function megapixels(pixels: number): string {
  return (pixels / 1e6).toFixed(1).replace(/\.0$/, '');
}
