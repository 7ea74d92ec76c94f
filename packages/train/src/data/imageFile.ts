/** Image files as parts and exemplars, known by their names; errors give the whole path: sets have many a `000.png`. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inspectImageFile } from '@agentiad/core/image/inspectFile.ts';
import { uprightSize } from '@agentiad/core/image/orientation.ts';
import type { DecodedImage } from '@agentiad/core/image/raster.ts';
import { DEFAULT_WINDOW, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import type { Exemplar } from '@agentiad/core/tools/exemplars.ts';
import { decodeImage } from '../host/decodeImage.ts';

/** `window` reduces an image of more than 8 bits. */
export async function readImage(file: string, window: WindowChoice = DEFAULT_WINDOW): Promise<DecodedImage> {
  return { ...(await decodeImage(await readFile(file), file, window)), name: path.basename(file) };
}

/** Upright size without decoding the pixels. */
export async function readImageSize(file: string): Promise<{ width: number; height: number }> {
  return sizeOf(await readFile(file), file);
}

export async function exemplarFromFile(file: string, window: WindowChoice = DEFAULT_WINDOW): Promise<Exemplar> {
  const bytes = await readFile(file);
  const load = async () => (await readImage(file, window)).raster;
  return { id: file, name: path.basename(file), sha256: sha256Hex(bytes), ...sizeOf(bytes, file), load };
}

function sizeOf(bytes: Uint8Array, file: string): { width: number; height: number } {
  const info = inspectImageFile(bytes, file);
  return uprightSize(info, info.orientation);
}
