/** Content identity of pixels, independent of any file format. */
import { sha256Hex } from '../support/hash.ts';
import type { Raster } from './raster.ts';

/** SHA-256 over width and height (32-bit big-endian each) and the RGB bytes. */
export function rasterSha256(raster: Raster): string {
  const bytes = new Uint8Array(8 + raster.data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, raster.width);
  view.setUint32(4, raster.height);
  bytes.set(raster.data, 8);
  return sha256Hex(bytes);
}
