/**
 * Which piece of the original to fetch when the reduced copy of a large image is too coarse for the view. Pure.
 * No canvas or bitmap ever has the size of the original.
 */
import { boxArea, clampBox, type Box, type Size } from '@agentiad/core/image/box.ts';
import { PICTURE_SIDE, type PieceRequest } from '../runtime/pictureMessages.ts';

/** Fetched around the view on each side, so that a small pan needs nothing new. */
const AROUND = 0.25;
/** Upscaling up to this factor is not worth a fetch, as long as the view is smaller than the original. */
const COARSE = 1.15;

/**
 * The piece the view needs, or null when what is there is sharp enough. `view`: visible part of the image; `density`:
 * device pixels per image pixel; `wholeWidth`: width of the reduced copy.
 */
export function pieceFor(
  view: Box,
  image: Size,
  density: number,
  wholeWidth: number,
  present: { readonly box: Box; readonly bitmap: Size } | null,
): PieceRequest | null {
  if (boxArea(view) <= 0) return null;
  const [dx, dy] = [(view[2] - view[0]) * AROUND, (view[3] - view[1]) * AROUND];
  const box = clampBox(
    [Math.floor(view[0] - dx), Math.floor(view[1] - dy), Math.ceil(view[2] + dx), Math.ceil(view[3] + dy)],
    image,
  ).box;
  const [width, height] = [box[2] - box[0], box[3] - box[1]];
  const reduce = Math.min(1, density, PICTURE_SIDE / Math.max(width, height));
  // From one to one on only the pixels themselves will do.
  const isEnough = (has: number) => has >= reduce || (reduce < 1 && reduce <= has * COARSE);
  if (isEnough(wholeWidth / image.width)) return null;
  if (present && covers(present.box, view) && isEnough(densityOf(present))) return null;
  const reduced = (length: number) => Math.max(1, Math.round(length * reduce));
  return { box, size: { width: reduced(width), height: reduced(height) } };
}

function densityOf({ box, bitmap }: { readonly box: Box; readonly bitmap: Size }): number {
  return bitmap.width / (box[2] - box[0]);
}

function covers(outer: Box, inner: Box): boolean {
  return outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];
}
