/** Cutting and making rasters. */
import { assert } from '../support/assert.ts';
import type { Box, Size } from './box.ts';
import type { Raster } from './raster.ts';

export const GREY: readonly [number, number, number] = [128, 128, 128];

/** A copy of the pixels in `box`: integers, not empty, inside the raster (clamp first). */
export function cropRaster(raster: Raster, box: Box): Raster {
  const [x1, y1, x2, y2] = box;
  const isInside = x1 >= 0 && y1 >= 0 && x2 <= raster.width && y2 <= raster.height && x1 < x2 && y1 < y2;
  assert(isInside && box.every(Number.isInteger), `crop [${box.join(', ')}] of ${raster.width}x${raster.height}`);
  const width = x2 - x1;
  const height = y2 - y1;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    const from = ((y1 + y) * raster.width + x1) * 3;
    data.set(raster.data.subarray(from, from + width * 3), y * width * 3);
  }
  return { width, height, data };
}

/** A raster of one colour; mid grey unless told (the grey-crop control of the evaluation). */
export function fillRaster(size: Size, colour: readonly [number, number, number] = GREY): Raster {
  const data = new Uint8Array(size.width * size.height * 3);
  for (let at = 0; at < data.length; at += 3) data.set(colour, at);
  return { width: size.width, height: size.height, data };
}
