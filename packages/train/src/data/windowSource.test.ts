import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { DATASETS } from './datasets/index.ts';
import { makeTree, mask } from './datasets/testTree.ts';
import type { TreeImage } from './datasets/testTree.ts';
import { importDataset } from './importDataset.ts';
import { windowCases } from './windowSource.ts';

const SIZE = { width: 120, height: 90 };
const large = (grey: number, boxes: TreeImage['boxes'] = []): TreeImage => ({ ...mask(boxes, 250, SIZE), grey });
const spot = [[70, 40, 80, 52]] as const;

async function manifest(): Promise<string> {
  const root = await makeTree({
    'tile/train/good/0.png': large(90),
    'tile/test/good/0.png': large(100),
    'tile/test/crack/0.png': large(101, spot),
    'tile/test/crack/1.png': large(102, spot),
    'tile/ground_truth/crack/0_mask.png': mask(spot, 255, SIZE),
    'tile/ground_truth/crack/1_mask.png': mask(spot, 255, SIZE),
  });
  const out = path.join(root, 'set.jsonl');
  await importDataset(
    DATASETS.find(({ name }) => name === 'mvtec-ad')!,
    root,
    out,
  );
  return out;
}

describe('windows of photographs', () => {
  it('are half without and half with whole defects, good ones cut from defective photographs too', async () => {
    const cases = await windowCases(await manifest(), { count: 12, windowSize: 32, splits: ['test'], seed: 2 });
    expect(cases.map(({ label }) => label)).toEqual(Array.from({ length: 6 }, () => ['normal', 'anomalous']).flat());
    const greys = new Set<number>();
    for (const one of cases) {
      const { raster } = await one.part();
      expect([raster.width, raster.height]).toEqual([32, 32]);
      const brightest = raster.data.reduce((a, b) => Math.max(a, b), 0);
      if (one.label === 'normal') {
        greys.add(brightest);
        continue;
      }
      const [x1, y1, x2, y2] = one.boxes[0]!.box;
      expect([x2 - x1, y2 - y1, one.type]).toEqual([10, 12, 'crack']);
      expect(raster.data[3 * (y1 * 32 + x1)]).toBe(250);
      expect(brightest).toBe(250);
    }
    expect([...greys].sort()).toEqual([100, 101, 102]);
  });

  it('show their exemplars at the same place', async () => {
    const [one] = await windowCases(await manifest(), { count: 1, windowSize: 32, splits: ['test'] });
    const exemplar = one!.exemplars.exemplars[0]!;
    expect([exemplar.width, exemplar.height]).toEqual([32, 32]);
    expect((await exemplar.load()).data.every((value) => value === 90)).toBe(true);
  });

  it('too large for the photographs are refused', async () => {
    const file = await manifest();
    await expect(windowCases(file, { count: 2, windowSize: 200 })).rejects.toThrow(
      /no defect-free window of 200 x 200/,
    );
    await expect(windowCases(file, { count: 2, windowSize: 11 })).rejects.toThrow(/no defective window of 11 x 11/);
  });
});
