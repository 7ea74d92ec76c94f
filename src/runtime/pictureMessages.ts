/** What the page and the picture worker say to each other: pieces of images too large to be drawn whole. */
import type { Box, Size } from '@agentiad/core/image/box.ts';
import type { WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { Outcome } from './messages.ts';

/** Long side of the reduced copy that stands for a whole image, and of any piece, pixels. */
export const PICTURE_SIDE = 2048;

export interface PictureFile {
  readonly sha256: string;
  readonly name: string;
  /** Reduces a file of more than 8 bits. */
  readonly window: WindowChoice;
}

export interface PieceRequest {
  /** Whole pixels of the upright original. */
  readonly box: Box;
  /** What they are reduced to. */
  readonly size: Size;
}

/** Pixels of `box`, at most `PICTURE_SIDE` a side. */
export interface Piece {
  readonly box: Box;
  readonly bitmap: ImageBitmap;
}

export interface PictureApi {
  /** Cuts a piece of the file's upright pixels; `readFile` gives the bytes, or null when they are gone. */
  cut(
    file: PictureFile,
    request: PieceRequest,
    readFile: () => Promise<ArrayBuffer | null>,
  ): Promise<Outcome<ImageBitmap | null>>;
}
