import type { Dataset } from './dataset.ts';
import { readTree } from './mvtecTree.ts';

/**
 * MVTec LOCO AD (Bergmann et al., IJCV 2022): five categories, logical and structural anomalies, a validation split,
 * and a folder of masks for each anomalous image (one file per defect). CC BY-NC-SA 4.0.
 */
export const mvtecLoco: Dataset = {
  name: 'mvtec-loco',
  title: 'MVTec LOCO AD',
  layout:
    'pushpins/train/good, pushpins/validation/good, pushpins/test/logical_anomalies, ' +
    'pushpins/ground_truth/logical_anomalies/000/000.png and so on',
  read: async (root) => ({ images: await readTree(mvtecLoco, root, { masks: 'folder' }) }),
};
