import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DATASETS } from './datasets/index.ts';
import { makeTree, mask, photo } from './datasets/testTree.ts';
import { importDataset } from './importDataset.ts';
import { manifestTrainingCases } from './manifestTraining.ts';

async function manifest(shares?: { train: number; test: number }): Promise<string> {
  const root = await makeTree(
    Object.fromEntries(
      Array.from({ length: 10 }, (_, k) => [
        [`bottle/train/good/${k}.png`, photo(100 + k)],
        [`bottle/test/crack/${k}.png`, photo()],
        [`bottle/ground_truth/crack/${k}_mask.png`, mask([[4, 4, 9, 9]])],
      ]).flat(),
    ),
  );
  const out = path.join(root, 'set.jsonl');
  await importDataset(
    DATASETS.find(({ name }) => name === 'mvtec-ad')!,
    root,
    out,
    { shares },
  );
  return out;
}

describe('training on an imported dataset', () => {
  it('takes both labels alike from the train split, with good training images as exemplars', async () => {
    const file = await manifest({ train: 0.5, test: 0.5 });
    const cases = await manifestTrainingCases(file, { count: 6, exemplars: 3, seed: 1 });
    expect(cases.filter(({ label }) => label === 'anomalous')).toHaveLength(3);
    expect(cases.filter(({ label }) => label === 'normal')).toHaveLength(3);
    expect(cases.every((one) => one.exemplars.exemplars.length === 3 && one.types.join() === 'crack')).toBe(true);
    const more = await manifestTrainingCases(file, { count: 14, exemplars: 3, seed: 1 });
    expect(more.filter(({ label }) => label === 'anomalous')).toHaveLength(5);
    expect(more).toHaveLength(14);
  });

  it('cuts windows where the run says so', async () => {
    const file = await manifest({ train: 0.5, test: 0.5 });
    const cases = await manifestTrainingCases(file, { count: 4, exemplars: 1, seed: 1, windowSize: 16 });
    expect((await cases[0]!.part()).raster.width).toBe(16);
  });

  it('refuses the original split of a benchmark, whose training images are all good', async () => {
    await expect(manifestTrainingCases(await manifest(), { count: 6, exemplars: 3, seed: 1 })).rejects.toThrow(
      /train split has only normal images.*--split train=0.2,test=0.8/,
    );
  });
});
