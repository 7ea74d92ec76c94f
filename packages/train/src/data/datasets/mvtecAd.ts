import type { Dataset } from './dataset.ts';
import { readTree } from './mvtecTree.ts';

/** MVTec AD (Bergmann et al., CVPR 2019): 15 categories, the layout's origin. CC BY-NC-SA 4.0. */
export const mvtecAd: Dataset = {
  name: 'mvtec-ad',
  title: 'MVTec AD',
  layout: 'bottle/train/good, bottle/test/broken_large, bottle/ground_truth/broken_large/000_mask.png and so on',
  read: async (root) => ({ images: await readTree(mvtecAd, root) }),
};
