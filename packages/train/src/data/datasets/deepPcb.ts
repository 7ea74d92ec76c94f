/**
 * DeepPCB (Tang et al., 2019), as its authors publish it: `PCBData/group00041/00041/00041000_test.jpg` with the
 * template `_temp.jpg` and boxes in `00041_not/00041000.txt` (`x1 y1 x2 y2 type`), listed in `trainval.txt` and
 * `test.txt`. Only the scans become rows, their template being the exemplar: a template as a "good part" would give
 * the label away. Good parts are windows of the scans (`deepPcbSource.ts`). MIT.
 */
import path from 'node:path';
import type { ManifestBox } from '@agentiad/core/protocol/manifest.ts';
import { datasetConflict, wrongRoot } from './dataset.ts';
import type { Dataset, DatasetImage } from './dataset.ts';
import { textOf } from './files.ts';

/** By the number in the annotation files. */
const TYPES = ['open', 'short', 'mousebite', 'spur', 'spurious_copper', 'pin_hole'];
const LISTS = { train: 'trainval.txt', test: 'test.txt' } as const;

export const deepPcb: Dataset = {
  name: 'deeppcb',
  title: 'DeepPCB',
  layout: 'PCBData/trainval.txt, PCBData/test.txt and PCBData/group00041 and so on',
  read: async (root) => ({ images: await readScans(root) }),
};

async function readScans(root: string): Promise<DatasetImage[]> {
  const folder = (await textOf(root, `PCBData/${LISTS.train}`)) === null ? '.' : 'PCBData';
  const images: DatasetImage[] = [];
  for (const split of ['train', 'test'] as const) {
    const list = path.posix.join(folder, LISTS[split]);
    const text = await textOf(root, list);
    if (text === null) throw wrongRoot(deepPcb, root, `there is no ${LISTS[split]}.`);
    for (const line of text.split(/\r?\n/).filter((one) => one.trim() !== '')) {
      const [image, boxes] = line.trim().split(/\s+/);
      if (image === undefined || boxes === undefined) {
        throw datasetConflict(
          path.join(root, list),
          `"${line}" is not an image and its boxes.`,
          'Download the list again.',
        );
      }
      const stem = path.posix.join(folder, image).replace(/\.jpg$/, '');
      images.push({
        image: `${stem}_test.jpg`,
        category: 'pcb',
        label: 'anomalous',
        type: null,
        masks: [],
        maskPlace: null,
        boxes: await readBoxes(root, path.posix.join(folder, boxes)),
        exemplars: [`${stem}_temp.jpg`],
        split,
        group: path.posix.basename(stem).slice(0, 5),
      });
    }
  }
  return images;
}

async function readBoxes(root: string, file: string): Promise<ManifestBox[]> {
  const text = await textOf(root, file);
  if (text === null) {
    throw datasetConflict(
      path.join(root, file),
      'the list names this file of boxes, but it does not exist.',
      'Complete the copy.',
    );
  }
  return text
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [x1, y1, x2, y2, kind] = line
        .trim()
        .split(/[\s,]+/)
        .map(Number);
      const type = TYPES[(kind ?? 0) - 1];
      const isBox = x1! < x2! && y1! < y2!;
      if (type !== undefined && isBox) return [x1!, y1!, x2!, y2!, type];
      throw datasetConflict(
        path.join(root, file),
        `"${line}" is not x1 y1 x2 y2 and a type from 1 to 6.`,
        'Download the file again.',
      );
    });
}
