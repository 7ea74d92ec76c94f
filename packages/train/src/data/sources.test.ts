import { mkdir, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { familiesOf } from '../parts/split.ts';
import { deepPcbCases, readDeepPcb } from './deepPcbSource.ts';
import { folderCases } from './folderSource.ts';
import { writeManifest } from './manifest.ts';
import { CATEGORY_SEEDS, proceduralCases } from './proceduralSource.ts';
import { splitByGroup } from './split.ts';

describe('procedural cases', () => {
  const options = { families: familiesOf('train'), split: 'train', count: 40, seed: 3, size: 64 } as const;

  it('are balanced, and the same for the same seed', () => {
    const cases = proceduralCases(options);
    expect(cases.filter((c) => c.label === 'anomalous')).toHaveLength(20);
    expect(proceduralCases(options).map((c) => [c.id, c.type])).toEqual(cases.map((c) => [c.id, c.type]));
    expect(new Set(cases.map((c) => c.id)).size).toBe(40);
  });

  it('never share a design between splits', () => {
    const seedOf = (id: string) => Number(id.split('/')[1]!.split('-')[1]);
    const train = proceduralCases({ ...options, designsPerFamily: 5 }).map((c) => seedOf(c.id));
    const test = proceduralCases({ ...options, split: 'test' }).map((c) => seedOf(c.id));
    expect(Math.max(...train)).toBeLessThan(CATEGORY_SEEDS.validation);
    expect(Math.min(...test)).toBeGreaterThanOrEqual(CATEGORY_SEEDS.test);
  });

  it('lie as they fall where asked to, all parts of a design alike, and tell it in their hashes', async () => {
    const hashes = async (looseShare: number) => {
      const cases = proceduralCases({ ...options, count: 4, looseShare });
      return Promise.all(cases.map(async (one) => [(await one.part()).sha256, one.exemplars.exemplars[0]!.sha256]));
    };
    const [jig, loose] = [await hashes(0), await hashes(1)];
    jig.forEach((pair, index) => pair.forEach((hash, at) => expect(loose[index]![at]).not.toBe(hash)));
    expect(await hashes(0)).toEqual(jig);
  });

  it('name a place on a good part that is drawn as defects are', () => {
    const good = proceduralCases(options).filter(({ label }) => label === 'normal');
    for (const { decoy, boxes } of good.slice(0, 5)) {
      const [x1, y1, x2, y2] = decoy!();
      expect(boxes).toEqual([]);
      expect(x1 >= 0 && y1 >= 0 && x2 <= 64 && y2 <= 64 && x2 > x1 && y2 > y1).toBe(true);
    }
  });

  it('give a defective part boxes inside the image and exemplars that are other parts', async () => {
    const one = proceduralCases(options)[1]!;
    const part = await one.part();
    for (const { box, type } of one.boxes) {
      expect(type).toBe(one.type);
      expect(box[0]).toBeGreaterThanOrEqual(0);
      expect(box[2]).toBeLessThanOrEqual(part.raster.width);
      expect(box[2]).toBeGreaterThan(box[0]);
    }
    expect(one.boxes).toHaveLength(1);
    const hashes = one.exemplars.exemplars.map((e) => e.sha256);
    expect(new Set([...hashes, part.sha256]).size).toBe(6);
    expect((await one.exemplars.exemplars[0]!.load()).data).not.toEqual(part.raster.data);
  });
});

describe('DeepPCB windows', () => {
  /** Scans are grey with a white square in each box, templates grey: a window's pixels tell where it was cut. */
  async function fakeBoards(): Promise<string> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'deeppcb-'));
    const boards = ['11111000', '11111001', '22222000', '33333000'];
    const boxes = [
      [100, 120, 130, 150, 'short'],
      [500, 40, 540, 70, 'open'],
    ] as const;
    const rows = [];
    for (const board of boards) {
      const scan = sharp({ create: { width: 640, height: 640, channels: 3, background: '#404040' } });
      const squares = boxes.map(([x1, y1, x2, y2]) => ({
        input: { create: { width: x2 - x1, height: y2 - y1, channels: 3 as const, background: '#ffffff' } },
        left: x1,
        top: y1,
      }));
      await scan
        .composite(squares)
        .jpeg({ quality: 98 })
        .toFile(path.join(folder, `${board}_test.jpg`));
      await sharp({ create: { width: 640, height: 640, channels: 3, background: '#404040' } })
        .jpeg()
        .toFile(path.join(folder, `${board}_temp.jpg`));
      rows.push({
        id: board,
        image: `${board}_test.jpg`,
        category: 'pcb',
        label: 'anomalous' as const,
        type: null,
        boxes,
        mask: null,
        exemplars: [`${board}_temp.jpg`],
        split: 'train' as const,
      });
    }
    const file = path.join(folder, 'manifest.jsonl');
    await writeManifest(file, rows);
    return file;
  }

  it('cut good parts from the scans as well, free of any box, and bad ones around whole boxes', async () => {
    const cases = deepPcbCases(await readDeepPcb(await fakeBoards()), { count: 8, seed: 1 });
    for (const one of cases) {
      const part = await one.part();
      expect(part.name).toMatch(/_test\.jpg/);
      const brightest = part.raster.data.reduce((a, b) => Math.max(a, b), 0);
      if (one.label === 'normal') expect(brightest).toBeLessThan(120);
      else {
        const [x1, y1, x2, y2] = one.boxes[0]!.box;
        const middle = 3 * (Math.floor((y1 + y2) / 2) * part.raster.width + Math.floor((x1 + x2) / 2));
        expect(part.raster.data[middle]).toBeGreaterThan(200);
      }
      expect(one.exemplars.exemplars[0]!.name).toMatch(/_temp\.jpg/);
    }
    expect(cases.filter((c) => c.label === 'normal')).toHaveLength(4);
  });

  it('keep boards whole in a split', async () => {
    const scans = await readDeepPcb(await fakeBoards());
    const { train, validation } = splitByGroup(scans, (s) => s.board, { train: 2, validation: 1 }, 5);
    const boards = (list: typeof scans) => new Set(list.map((s) => s.board));
    expect([...boards(train)].filter((b) => boards(validation).has(b))).toEqual([]);
    expect(train.length + validation.length).toBe(4);
  });
});

describe('MVTec-style folders', () => {
  it('read types from folders, boxes from masks, exemplars from train/good; ids do not tell the label', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'mvtec-'));
    const save = async (name: string, grey: number) => {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
      await sharp({ create: { width: 32, height: 24, channels: 3, background: { r: grey, g: grey, b: grey } } })
        .png()
        .toFile(path.join(folder, name));
    };
    for (let k = 0; k < 4; k++) await save(`train/good/${k}.png`, 100 + k);
    await save('test/good/9.png', 110);
    await save('test/crack/9.png', 20);
    await mkdir(path.join(folder, 'ground_truth/crack'), { recursive: true });
    await sharp({ create: { width: 32, height: 24, channels: 3, background: '#000000' } })
      .composite([{ input: { create: { width: 5, height: 4, channels: 3, background: '#ffffff' } }, left: 7, top: 3 }])
      .png()
      .toFile(path.join(folder, 'ground_truth/crack/9_mask.png'));
    const cases = await folderCases(folder, { category: 'biscuit', exemplarCount: 3, seed: 1 });
    const bad = cases.find((c) => c.label === 'anomalous')!;
    expect(bad).toMatchObject({ type: 'crack', types: ['crack'], boxes: [{ box: [7, 3, 12, 7], type: 'crack' }] });
    expect(bad.exemplars.exemplars).toHaveLength(3);
    expect(cases.every((c) => !/good|crack/.test(c.id))).toBe(true);
    await expect(folderCases(path.join(folder, 'ground_truth'), { category: 'x' })).rejects.toThrow(/train\/good/);
  });
});
