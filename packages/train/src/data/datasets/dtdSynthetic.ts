import type { Dataset } from './dataset.ts';
import { readTree } from './mvtecTree.ts';

/** DTD-Synthetic (Aota et al., WACV 2023): twelve textures of DTD with painted defects, all of type `bad`. */
export const dtdSynthetic: Dataset = {
  name: 'dtd-synthetic',
  title: 'DTD-Synthetic',
  layout: 'Woven_001/train/good, Woven_001/test/bad, Woven_001/ground_truth/bad/000_mask.png and so on',
  read: async (root) => ({ images: await readTree(dtdSynthetic, root) }),
};
