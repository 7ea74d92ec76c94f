/** Image files as parts and exemplars. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { inspectImageFile } from '@agentiad/core/image/inspectFile.ts';
import { uprightSize } from '@agentiad/core/image/orientation.ts';
import type { DecodedImage } from '@agentiad/core/image/raster.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import type { Exemplar } from '@agentiad/core/tools/exemplars.ts';
import { decodeImage } from '../host/decodeImage.ts';

export async function readImage(file: string): Promise<DecodedImage> {
  return decodeImage(await readFile(file), path.basename(file));
}

/** Upright size without decoding the pixels. */
export async function readImageSize(file: string): Promise<{ width: number; height: number }> {
  return sizeOf(await readFile(file), path.basename(file));
}

export async function exemplarFromFile(file: string): Promise<Exemplar> {
  const bytes = await readFile(file);
  const name = path.basename(file);
  const load = async () => (await readImage(file)).raster;
  return { id: file, name, sha256: sha256Hex(bytes), ...sizeOf(bytes, name), load };
}

function sizeOf(bytes: Uint8Array, name: string): { width: number; height: number } {
  const info = inspectImageFile(bytes, name);
  return uprightSize(info, info.orientation);
}
