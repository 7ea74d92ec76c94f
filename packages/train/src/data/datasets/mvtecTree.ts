/**
 * The layout that MVTec AD set and many sets follow: `<category>/train/good`, `<category>/test/<good or defect>`,
 * `<category>/ground_truth/<defect>/<name>_mask.png` or `<name>.png`.
 */
import path from 'node:path';
import { foldersIn, imagesIn, stemOf } from './files.ts';
import { wrongRoot } from './dataset.ts';
import type { Dataset, DatasetImage } from './dataset.ts';

export interface TreeOptions {
  /** Default: every image alone. */
  readonly groupOf?: (image: string) => string;
  /** `file`: one mask beside each defective image (default). `folder`: a folder of masks for each. `none`: masks where there are any. */
  readonly masks?: 'file' | 'folder' | 'none';
}

type Layout = Pick<Dataset, 'title' | 'layout'>;

/** All categories below `root`. */
export async function readTree(dataset: Layout, root: string, options: TreeOptions = {}): Promise<DatasetImage[]> {
  const categories: string[] = [];
  for (const name of await foldersIn(root)) if (await isCategory(root, name)) categories.push(name);
  if (categories.length === 0) {
    if (await isCategory(root, '.')) {
      throw wrongRoot(
        dataset,
        root,
        'train/good lies right in it, so it is one category.',
        'Give the folder above it; --categories picks one.',
      );
    }
    throw wrongRoot(dataset, root, 'no folder in it has images in train/good.');
  }
  const images: DatasetImage[] = [];
  for (const name of categories) images.push(...(await readCategory(root, name, name, options)));
  return images;
}

export async function isCategory(root: string, folder: string): Promise<boolean> {
  return (await imagesIn(root, path.posix.join(folder, 'train/good'))).length > 0;
}

/** The category in `folder` (relative to `root`), under the name `category`. */
export async function readCategory(
  root: string,
  folder: string,
  category: string,
  { groupOf = (image) => image, masks = 'file' }: TreeOptions,
): Promise<DatasetImage[]> {
  const images: DatasetImage[] = [];
  for (const split of ['train', 'validation', 'test'] as const) {
    for (const kind of await foldersIn(root, path.posix.join(folder, split))) {
      const isGood = kind === 'good';
      // Good training images share their names with those of the test split, so a mask would not be theirs.
      const masksOf = split === 'test' || !isGood ? await maskLister(root, folder, kind, masks) : noMasks;
      for (const image of await imagesIn(root, path.posix.join(folder, split, kind))) {
        const { files, place } = await masksOf(stemOf(image));
        images.push({
          image,
          category,
          label: isGood ? 'normal' : 'anomalous',
          type: isGood ? null : kind,
          masks: files,
          maskPlace: isGood || masks === 'none' ? null : place,
          split,
          group: groupOf(image),
        });
      }
    }
  }
  return images;
}

interface MaskPlace {
  readonly files: readonly string[];
  readonly place: string | null;
}

const noMasks = async (): Promise<MaskPlace> => ({ files: [], place: null });

async function maskLister(root: string, folder: string, kind: string, masks: TreeOptions['masks']) {
  const place = path.posix.join(folder, 'ground_truth', kind);
  if (masks === 'folder') {
    return async (stem: string): Promise<MaskPlace> => {
      const own = path.posix.join(place, stem);
      return { files: await imagesIn(root, own), place: own };
    };
  }
  const byStem = new Map((await imagesIn(root, place)).map((mask) => [stemOf(mask).replace(/_mask$/, ''), mask]));
  return async (stem: string): Promise<MaskPlace> => {
    const mask = byStem.get(stem);
    return { files: mask === undefined ? [] : [mask], place: path.posix.join(place, `${stem}_mask.png`) };
  };
}
