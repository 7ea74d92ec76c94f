import path from 'node:path';
import type { Dataset } from './dataset.ts';
import { readTree } from './mvtecTree.ts';

/** GoodsAD (Zhang et al., RA-L 2024): 484 supermarket products in six categories; six-digit names. */
export const goodsAd: Dataset = {
  name: 'goods-ad',
  title: 'GoodsAD',
  layout: 'food_box/train/good, food_box/test/opened, food_box/ground_truth/opened/001002.png and so on',
  read: async (root) => ({ images: await readTree(goodsAd, root, { groupOf: productOf }) }),
};

/** The first three digits of a name are the product. */
function productOf(image: string): string {
  return `${image.split('/')[0]}/${path.posix.basename(image).slice(0, 3)}`;
}
