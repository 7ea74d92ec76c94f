/**
 * Real-IAD (Wang et al., CVPR 2024): 30 objects, five views of each sample, images in `realiad_1024` (or 512, 256,
 * raw) and one JSON per object: `{meta: {normal_class, prefix}, train: [...], test: [...]}` with entries
 * `{category, anomaly_class, image_path, mask_path}`. A view that does not show its sample's defect is normal: the
 * entry, not the folder, tells. CC BY-NC-SA 4.0.
 */
import path from 'node:path';
import { datasetConflict, wrongRoot } from './dataset.ts';
import type { Dataset, DatasetImage } from './dataset.ts';
import { filesIn, foldersIn, jsonOf } from './files.ts';

const IMAGE_FOLDERS = ['realiad_1024', 'realiad_512', 'realiad_256', 'realiad_raw'];
const TABLE_FOLDERS = ['realiad_jsons/realiad_jsons', 'realiad_jsons'];

/** The set's two-letter codes; others stay as they are. */
const TYPES: Readonly<Record<string, string>> = {
  AK: 'pit',
  BX: 'deformation',
  CH: 'abrasion',
  HS: 'scratch',
  PS: 'damage',
  QS: 'missing_parts',
  YW: 'foreign_objects',
  ZW: 'contamination',
};

export const realIad: Dataset = {
  name: 'real-iad',
  title: 'Real-IAD',
  layout:
    'realiad_1024/audiojack/OK, realiad_1024/audiojack/NG and realiad_jsons/realiad_jsons/audiojack.json and so on',
  read: async (root) => ({ images: await readObjects(root) }),
};

interface Entry {
  readonly anomaly_class: string;
  readonly image_path: string;
  readonly mask_path?: string | null;
}

async function readObjects(root: string): Promise<DatasetImage[]> {
  const present = await foldersIn(root);
  const imageFolder = IMAGE_FOLDERS.find((folder) => present.includes(folder));
  if (imageFolder === undefined) throw wrongRoot(realIad, root, `there is no ${IMAGE_FOLDERS.join(', ')}.`);
  const objects = await foldersIn(root, imageFolder);
  const images: DatasetImage[] = [];
  for (const tables of TABLE_FOLDERS) {
    const files = await filesIn(root, tables);
    for (const object of objects.filter((name) => files.includes(`${name}.json`))) {
      images.push(...(await readObject(root, imageFolder, `${tables}/${object}.json`, object)));
    }
    if (images.length > 0) return images;
  }
  throw wrongRoot(realIad, root, `${TABLE_FOLDERS[0]} has no JSON file for any folder of ${imageFolder}.`);
}

async function readObject(root: string, imageFolder: string, file: string, object: string): Promise<DatasetImage[]> {
  const fail = (reason: string) => datasetConflict(path.join(root, file), reason, 'Download the file again.');
  const table = (await jsonOf(root, file)) as {
    meta?: { normal_class?: string; prefix?: string };
    train?: Entry[];
    test?: Entry[];
  } | null;
  if (!Array.isArray(table?.train) || !Array.isArray(table.test)) throw fail('"train" or "test" is not a list.');
  const normal = table.meta?.normal_class ?? 'OK';
  const place = (name: string) => path.posix.join(imageFolder, table.meta?.prefix ?? object, name);
  return (['train', 'test'] as const).flatMap((split) =>
    table[split]!.map((entry, at): DatasetImage => {
      const { anomaly_class: code, image_path: name, mask_path: mask = null } = entry;
      if (typeof code !== 'string' || typeof name !== 'string') {
        throw fail(`entry ${at + 1} of "${split}" has no "anomaly_class" or no "image_path".`);
      }
      const isNormal = code === normal;
      return {
        image: place(name),
        category: object,
        label: isNormal ? 'normal' : 'anomalous',
        type: isNormal ? null : (TYPES[code] ?? code),
        masks: mask === null ? [] : [place(mask)],
        maskPlace: isNormal || mask === null ? null : place(mask),
        split,
        group: `${object}/${path.posix.dirname(name)}`,
      };
    }),
  );
}
