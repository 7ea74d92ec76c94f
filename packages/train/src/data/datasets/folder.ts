/**
 * Loose folders: a tree in MVTec's layout (one category, or several), or simply `good` beside one folder per kind of
 * defect; then some of the good images are drawn as exemplars and the rest is test. Masks are used where there are
 * any: `ground_truth/<kind>/<name>_mask.png` or `<name>.png`.
 */
import path from 'node:path';
import { wrongRoot } from './dataset.ts';
import type { Dataset, DatasetImage } from './dataset.ts';
import { foldersIn, imagesIn, stemOf } from './files.ts';
import { isCategory, readCategory } from './mvtecTree.ts';

const GOOD = /^(good|ok|normal)$/i;
const MASKS = 'ground_truth';

export const folder: Dataset = {
  name: 'folder',
  title: 'a folder of labelled images',
  layout: 'train/good and test/<kind of defect>, folders of that kind, or good and <kind of defect>',
  read: async (root) => ({ images: await readFolder(root, path.basename(path.resolve(root))) }),
};

/** `category` names a root that is itself one category. */
export async function readFolder(root: string, category: string): Promise<DatasetImage[]> {
  if (await isCategory(root, '.')) return readCategory(root, '.', category, { masks: 'none' });
  const images: DatasetImage[] = [];
  for (const name of await foldersIn(root)) {
    if (await isCategory(root, name)) images.push(...(await readCategory(root, name, name, { masks: 'none' })));
  }
  if (images.length > 0) return images;
  return readKinds(root, category);
}

async function readKinds(root: string, category: string): Promise<DatasetImage[]> {
  const kinds = (await foldersIn(root)).filter((name) => name !== MASKS);
  const images: DatasetImage[] = [];
  for (const kind of kinds) {
    const isGood = GOOD.test(kind);
    const masks = new Map(
      (await imagesIn(root, `${MASKS}/${kind}`)).map((file) => [stemOf(file).replace(/_mask$/, ''), file]),
    );
    for (const image of await imagesIn(root, kind)) {
      const mask = masks.get(stemOf(image));
      images.push({
        image,
        category,
        label: isGood ? 'normal' : 'anomalous',
        type: isGood ? null : kind,
        masks: mask === undefined ? [] : [mask],
        maskPlace: null,
        split: isGood ? null : 'test',
        group: image,
      });
    }
  }
  if (images.some(({ label }) => label === 'normal')) return images;
  throw wrongRoot(folder, root, 'there are no images in train/good, and none in a folder named good, ok or normal.');
}
