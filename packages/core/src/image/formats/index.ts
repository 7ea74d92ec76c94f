/** The list of image formats: one header reader each. */
import type { ImageFormat } from '../sniff.ts';
import { readAvifHeader } from './avif.ts';
import { readBmpHeader } from './bmp.ts';
import { readGifHeader } from './gif.ts';
import type { HeaderReader } from './header.ts';
import { readJpegHeader } from './jpeg.ts';
import { readPngHeader } from './png.ts';
import { readTiffHeader } from './tiff.ts';
import { readWebpHeader } from './webp.ts';

export const headerReaders: Readonly<Record<ImageFormat, HeaderReader>> = {
  png: readPngHeader,
  jpeg: readJpegHeader,
  webp: readWebpHeader,
  bmp: readBmpHeader,
  gif: readGifHeader,
  avif: readAvifHeader,
  tiff: readTiffHeader,
};
