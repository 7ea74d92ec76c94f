/** Ground-truth masks: reading them, and the boxes of their connected parts. */
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Box } from '@agentiad/core/image/box.ts';
import { inspectImageFile } from '@agentiad/core/image/inspectFile.ts';
import { applyOrientation } from '@agentiad/core/image/orientation.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { decodeImage } from '../host/decodeImage.ts';
import { maskBox } from '../parts/mask.ts';
import { connectedRegions } from './connectedRegions.ts';

export interface DefectMask {
  readonly width: number;
  readonly height: number;
  /** Non-zero where the defect is, row-major. */
  readonly pixels: Uint8Array;
}

export type BoxMode = 'parts' | 'union';
export const BOX_MODES: readonly BoxMode[] = ['parts', 'union'];

export interface MaskBoxOptions {
  /** One box per connected part, or one around all of them. */
  readonly mode: BoxMode;
  /** Parts of fewer pixels are specks and get no box, unless there is nothing else. */
  readonly minPixels: number;
}

/** In lossless files any value but 0 marks a defect (VisA counts from 1); JPEG blurs the edge. */
const LOSSY_THRESHOLD = 127;

/**
 * A mask image, or the folder of several (MVTec LOCO: one per defect) laid over each other. `orientation` (EXIF, 1..8)
 * is that of the photograph the mask belongs to: masks are drawn on the pixels as stored and carry no EXIF of their own.
 */
export async function readMask(place: string, orientation = 1): Promise<DefectMask> {
  if (!(await stat(place)).isDirectory()) return readMaskFile(place, orientation);
  const files = (await readdir(place)).sort().map((name) => path.join(place, name));
  const masks = await Promise.all(files.map((file) => readMaskFile(file, orientation)));
  const [first, ...others] = masks;
  assert(first !== undefined, `${place} holds masks`);
  for (const { pixels } of others) pixels.forEach((value, i) => (first.pixels[i] ||= value));
  return first;
}

async function readMaskFile(file: string, orientation: number): Promise<DefectMask> {
  const bytes = await readFile(file);
  const { format } = inspectImageFile(bytes, file);
  const { raster } = await decodeImage(bytes, file);
  const { width, height, data } = applyOrientation(raster, orientation);
  const threshold = format === 'jpeg' ? LOSSY_THRESHOLD : 0;
  const pixels = new Uint8Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    if (Math.max(data[3 * i]!, data[3 * i + 1]!, data[3 * i + 2]!) > threshold) pixels[i] = 1;
  }
  return { width, height, pixels };
}

/** Half-open pixel boxes, largest part first; none for an empty mask. Parts touch at edges or corners. */
export function maskBoxes({ width, pixels }: DefectMask, { mode, minPixels }: MaskBoxOptions): Box[] {
  if (mode === 'union') {
    const box = maskBox(pixels, width);
    return box === null ? [] : [box];
  }
  const parts = connectedRegions(pixels, width).sort((a, b) => b.length - a.length);
  const kept = parts.filter(({ length }) => length >= minPixels);
  return (kept.length > 0 ? kept : parts.slice(0, 1)).map((cells) => boxAround(cells, width));
}

/** Half-open box around cells, given by their indices. */
function boxAround(cells: Int32Array, width: number): Box {
  let [x1, y1, x2, y2] = [Infinity, Infinity, 0, 0];
  for (const cell of cells) {
    const x = cell % width;
    const y = (cell - x) / width;
    [x1, y1, x2, y2] = [Math.min(x1, x), Math.min(y1, y), Math.max(x2, x + 1), Math.max(y2, y + 1)];
  }
  return [x1, y1, x2, y2];
}
