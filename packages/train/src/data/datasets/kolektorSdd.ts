/**
 * KolektorSDD (Tabernik et al., JIM 2020): 50 commutators `kos01` to `kos50`, each photographed in eight parts
 * `Part0.jpg` with a mask `Part0_label.bmp`; a part is defective if and only if its mask marks anything. No own split.
 * CC BY-NC-SA 4.0.
 */
import path from 'node:path';
import { readMask } from '../maskBoxes.ts';
import { datasetConflict, wrongRoot } from './dataset.ts';
import type { Dataset, DatasetImage } from './dataset.ts';
import { foldersIn, imagesIn, stemOf } from './files.ts';

const ITEM = /^kos\d+$/;
const LABEL = /_label$/;

export const kolektorSdd: Dataset = {
  name: 'kolektor-sdd',
  title: 'KolektorSDD',
  layout: 'kos01/Part0.jpg, kos01/Part0_label.bmp and so on',
  read: async (root) => ({ images: await readItems(root) }),
};

async function readItems(root: string): Promise<DatasetImage[]> {
  const items = (await foldersIn(root)).filter((name) => ITEM.test(name));
  if (items.length === 0) throw wrongRoot(kolektorSdd, root, 'no folder in it is named kos01, kos02, ...');
  const images: DatasetImage[] = [];
  for (const item of items) {
    const files = await imagesIn(root, item);
    const masks = new Map(files.filter((file) => LABEL.test(stemOf(file))).map((file) => [stemOf(file), file]));
    for (const image of files.filter((file) => !LABEL.test(stemOf(file)))) {
      const mask = masks.get(`${stemOf(image)}_label`);
      if (mask === undefined) {
        throw datasetConflict(
          path.join(root, image),
          `its mask ${stemOf(image)}_label.bmp does not exist, and nothing else tells whether it is defective.`,
          'Complete the copy.',
        );
      }
      const isNormal = !(await readMask(path.join(root, mask))).pixels.includes(1);
      images.push({
        image,
        category: 'commutator',
        label: isNormal ? 'normal' : 'anomalous',
        type: isNormal ? null : 'crack',
        masks: isNormal ? [] : [mask],
        maskPlace: mask,
        split: null,
        group: item,
      });
    }
  }
  return images;
}
