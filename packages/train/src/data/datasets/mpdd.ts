import type { Dataset } from './dataset.ts';
import { readTree } from './mvtecTree.ts';

/** MPDD (Jezek et al., ICUMT 2021): six kinds of painted metal parts. CC BY-NC-SA 4.0. */
export const mpdd: Dataset = {
  name: 'mpdd',
  title: 'MPDD',
  layout: 'bracket_black/train/good, bracket_black/test/hole, bracket_black/ground_truth/hole/000_mask.png and so on',
  read: async (root) => ({ images: await readTree(mpdd, root) }),
};
