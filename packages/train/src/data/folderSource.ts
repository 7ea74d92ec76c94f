/** Labelled cases right from a loose folder (`datasets/folder.ts` says which layouts), without a manifest file. */
import path from 'node:path';
import { readFolder, folder as folderDataset } from './datasets/folder.ts';
import { datasetRows } from './datasetRows.ts';
import type { LabelledCase } from './labelledCase.ts';
import { casesOf } from './manifestSource.ts';

export interface FolderOptions {
  readonly category: string;
  /** Exemplars per case, drawn from the good training images; default 5. */
  readonly exemplarCount?: number;
  readonly seed?: number;
  /** Also yield the training images, each good one with the others as exemplars. */
  readonly includeTrain?: boolean;
}

/** The test images; the good training images serve as exemplars. */
export async function folderCases(root: string, options: FolderOptions): Promise<LabelledCase[]> {
  const { category, exemplarCount = 5, seed = 0 } = options;
  const read = async () => ({ images: await readFolder(root, category) });
  const { rows } = await datasetRows({ ...folderDataset, read }, root, { seed, allowMissingMasks: true });
  const resolve = (relative: string) => path.resolve(root, relative);
  return casesOf(
    { file: root, rows, resolve },
    {
      splits: options.includeTrain ? ['test', 'train'] : ['test'],
      exemplarCount,
      seed,
    },
  );
}
