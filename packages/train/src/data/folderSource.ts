/** MVTec-style folders: `train/good`, `test/<type>`, `ground_truth/<type>/<name>_mask.png`. Exemplars come from `train/good`. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { createRandom } from '@agentiad/core/support/random.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { maskBox } from '../parts/mask.ts';
import { mixSeed } from '../parts/noise.ts';
import { exemplarFromFile, readImage } from './imageFile.ts';
import type { LabelledCase } from './labelledCase.ts';
import { shuffled } from './split.ts';

export interface FolderOptions {
  readonly category: string;
  /** Exemplars per case, drawn from `train/good`; default 5. */
  readonly exemplarCount?: number;
  readonly seed?: number;
  /** Also yield the good training images, each with the others as exemplars. */
  readonly includeTrain?: boolean;
}

const IMAGE = /\.(png|jpe?g|bmp|webp)$/i;

export async function folderCases(folder: string, options: FolderOptions): Promise<LabelledCase[]> {
  const { category, exemplarCount = 5, seed = 0 } = options;
  const goodFiles = await imagesIn(path.join(folder, 'train', 'good'));
  if (goodFiles.length === 0) {
    throw new UserError({
      code: 'folder-no-good',
      subject: folder,
      reason: 'there are no images in train/good.',
      remedy: 'Point to a folder with train/good and test/<type> inside.',
    });
  }
  const library = await Promise.all(goodFiles.map(exemplarFromFile));
  const kinds = (await readdir(path.join(folder, 'test'))).sort();
  const types = kinds.filter((kind) => kind !== 'good');
  const makeCase = async (file: string, kind: string, split: string): Promise<LabelledCase> => {
    const isGood = kind === 'good';
    const name = path.basename(file);
    // A hash, not the folder, names the case: ids must not tell the label.
    const id = `${category}/${split}/${mixSeed(category, kind, name) >>> 0}`;
    const others = library.filter((exemplar) => exemplar.id !== file);
    const random = createRandom(mixSeed('folder', seed, id));
    return {
      id,
      source: category,
      category,
      group: id,
      types,
      label: isGood ? 'normal' : 'anomalous',
      type: isGood ? null : kind,
      boxes: isGood ? [] : await boxesFromMask(folder, kind, name),
      part: () => readImage(file),
      exemplars: { category, exemplars: shuffled(others, random).slice(0, exemplarCount) },
    };
  };
  const cases: LabelledCase[] = [];
  for (const kind of kinds) {
    for (const file of await imagesIn(path.join(folder, 'test', kind))) cases.push(await makeCase(file, kind, 'test'));
  }
  if (options.includeTrain) for (const file of goodFiles) cases.push(await makeCase(file, 'good', 'train'));
  return cases;
}

async function imagesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => IMAGE.test(name))
    .sort()
    .map((name) => path.join(folder, name));
}

async function boxesFromMask(folder: string, kind: string, name: string): Promise<LabelledCase['boxes']> {
  const masks = await imagesIn(path.join(folder, 'ground_truth', kind));
  const stem = name.replace(IMAGE, '');
  const file = masks.find((mask) => path.basename(mask).replace(IMAGE, '') === `${stem}_mask`);
  if (file === undefined) return [];
  const { raster } = await readImage(file);
  const mask = new Uint8Array(raster.width * raster.height);
  for (let i = 0; i < mask.length; i++) mask[i] = raster.data[3 * i]! > 127 ? 255 : 0;
  const box = maskBox(mask, raster.width);
  return box === null ? [] : [{ box, type: kind }];
}
