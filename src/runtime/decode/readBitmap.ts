/** Pixels of an `ImageBitmap`, over white, read through one small canvas: browsers silently draw nothing on huge ones. */
import type { Raster } from '@agentiad/core/image/raster.ts';

/** Side of the square canvas: 4 Mpx, below every browser's limit (iOS Safari: 16 Mpx). */
export const TILE_SIDE = 2048;

export function readBitmap(bitmap: ImageBitmap): Raster {
  const { width, height } = bitmap;
  const data = new Uint8Array(width * height * 3);
  const canvas = new OffscreenCanvas(Math.min(width, TILE_SIDE), Math.min(height, TILE_SIDE));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser gives no 2-D canvas in a worker.');
  context.fillStyle = '#ffffff';
  for (let top = 0; top < height; top += TILE_SIDE) {
    for (let left = 0; left < width; left += TILE_SIDE) {
      const tileWidth = Math.min(TILE_SIDE, width - left);
      const tileHeight = Math.min(TILE_SIDE, height - top);
      context.fillRect(0, 0, tileWidth, tileHeight);
      context.drawImage(bitmap, left, top, tileWidth, tileHeight, 0, 0, tileWidth, tileHeight);
      const tile = context.getImageData(0, 0, tileWidth, tileHeight).data;
      for (let y = 0; y < tileHeight; y++) {
        let from = y * tileWidth * 4;
        let to = ((top + y) * width + left) * 3;
        for (let x = 0; x < tileWidth; x++, from += 4) {
          data[to++] = tile[from]!;
          data[to++] = tile[from + 1]!;
          data[to++] = tile[from + 2]!;
        }
      }
    }
  }
  return { width, height, data };
}
