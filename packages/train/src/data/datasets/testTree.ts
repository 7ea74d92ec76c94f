/** Made-up copies of datasets for tests: paths to texts and tiny images. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import type { Box } from '@agentiad/core/image/box.ts';

export const TREE_SIZE = { width: 40, height: 30 } as const;

export interface TreeImage {
  readonly kind: 'image';
  readonly grey: number;
  /** Painted with `value`. */
  readonly boxes: readonly Box[];
  readonly value: number;
  readonly size: { readonly width: number; readonly height: number };
  readonly orientation?: number;
}

export function photo(grey = 120, orientation?: number): TreeImage {
  return { kind: 'image', grey, boxes: [], value: 0, size: TREE_SIZE, orientation };
}

export function mask(boxes: readonly Box[], value = 255, size: TreeImage['size'] = TREE_SIZE): TreeImage {
  return { kind: 'image', grey: 0, boxes, value, size };
}

/** The files less one. */
export function without<T>(files: Readonly<Record<string, T>>, name: string): Record<string, T> {
  return Object.fromEntries(Object.entries(files).filter(([key]) => key !== name));
}

/** Writes the files into a new folder and returns its path. */
export async function makeTree(files: Readonly<Record<string, TreeImage | string>>): Promise<string> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'dataset-'));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(root, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, typeof content === 'string' ? content : await encode(name, content));
  }
  return root;
}

async function encode(name: string, { grey, boxes, value, size, orientation }: TreeImage): Promise<Uint8Array> {
  const { width, height } = size;
  const pixels = new Uint8Array(width * height).fill(grey);
  for (const [x1, y1, x2, y2] of boxes) {
    for (let y = y1; y < y2; y++) pixels.fill(value, y * width + x1, y * width + x2);
  }
  if (/\.bmp$/i.test(name)) return encodeBmp(pixels, width, height);
  const image = sharp(pixels, { raw: { width, height, channels: 1 } });
  const marked = orientation === undefined ? image : image.withMetadata({ orientation });
  return /\.jpe?g$/i.test(name) ? marked.jpeg({ quality: 95 }).toBuffer() : marked.png().toBuffer();
}

/** 24 bits a pixel, rows from the bottom up. */
function encodeBmp(pixels: Uint8Array, width: number, height: number): Uint8Array {
  const stride = Math.ceil((3 * width) / 4) * 4;
  const file = new Uint8Array(54 + stride * height);
  const view = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  view.setUint32(2, file.length, true);
  view.setUint32(10, 54, true);
  view.setUint32(14, 40, true);
  view.setInt32(18, width, true);
  view.setInt32(22, height, true);
  view.setUint16(26, 1, true);
  view.setUint16(28, 24, true);
  view.setUint32(34, stride * height, true);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      file.fill(
        pixels[y * width + x]!,
        54 + (height - 1 - y) * stride + 3 * x,
        54 + (height - 1 - y) * stride + 3 * x + 3,
      );
    }
  }
  return file;
}
