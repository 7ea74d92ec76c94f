/** EXIF orientation: from pixels as stored to the upright image. */
import type { Size } from './box.ts';
import type { Raster } from './raster.ts';

/** Size of the upright image; orientations 5 to 8 swap the sides. */
export function uprightSize(stored: Size, orientation: number): Size {
  return orientation >= 5
    ? { width: stored.height, height: stored.width }
    : { width: stored.width, height: stored.height };
}

/** Upright copy for `orientation` 1..8 (1: the raster itself). Apply it once only. */
export function applyOrientation(raster: Raster, orientation: number): Raster {
  if (orientation === 1) return raster;
  const { width, height } = uprightSize(raster, orientation);
  const data = new Uint8Array(width * height * 3);
  // Which way the stored column and row run over the upright image.
  const isTransposed = orientation >= 5;
  const flipsColumn = [2, 3, 7, 8].includes(orientation);
  const flipsRow = [3, 4, 6, 7].includes(orientation);
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = isTransposed ? y : x;
      const row = isTransposed ? x : y;
      const fromX = flipsColumn ? raster.width - 1 - column : column;
      const fromY = flipsRow ? raster.height - 1 - row : row;
      const from = (fromY * raster.width + fromX) * 3;
      data[to++] = raster.data[from]!;
      data[to++] = raster.data[from + 1]!;
      data[to++] = raster.data[from + 2]!;
    }
  }
  return { width, height, data };
}
