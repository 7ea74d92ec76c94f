/** What the studio exports of decisions and corrections is read by the readers of training and validation. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLabelledSetWriter } from '@agentiad/core/protocol/labelledSet.ts';
import type { WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { ManifestRow } from '@agentiad/core/protocol/manifest.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../host/decodeImage.ts';
import { readLabelledImages } from '../host/labelledImages.ts';
import { boxesOf, checkBoxes, readManifest } from './manifest.ts';
import { manifestCases } from './manifestSource.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'labelled-set-'));
});
afterAll(() => rm(folder, { recursive: true }));

const picture = async (grey: number) =>
  new Uint8Array(
    await sharp({ create: { width: 40, height: 30, channels: 3, background: { r: grey, g: grey, b: grey } } })
      .png()
      .toBuffer(),
  );
const file = (name: string, bytes: Uint8Array) => ({ name, sha256: sha256Hex(bytes), bytes });

describe('a packed set of labelled images', () => {
  it('is read as a manifest: files of one name stay apart, one file is stored once', async () => {
    const names: string[] = [];
    const set = createLabelledSetWriter(async (name, bytes) => {
      names.push(name);
      await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
      await writeFile(path.join(folder, name), bytes);
    });
    const [bad, good, exemplar] = await Promise.all([picture(10), picture(20), picture(30)]);
    const badPath = await set.add(file('Cam1/part.png', bad));
    const goodPath = await set.add(file('Part.PNG', good));
    const exemplarPath = await set.add(file('..', exemplar));
    expect(await set.add(file('again.png', bad))).toBe(badPath);
    const row = { category: 'cap', mask: null, exemplars: [exemplarPath], split: 'train' } as const;
    const rows: ManifestRow[] = [
      {
        ...row,
        id: 'a',
        image: badPath,
        label: 'anomalous',
        type: 'dent',
        boxes: [
          [1, 2, 30, 20, 'dent'],
          [0, 0, 4, 4],
        ],
      },
      { ...row, id: 'b', image: goodPath, label: 'normal', type: null, boxes: [], split: 'validation' },
    ];
    await set.finish(rows);

    expect(names).toHaveLength(4);
    const manifest = await readManifest(path.join(folder, 'manifest.jsonl'));
    expect(manifest.rows).toEqual(rows);
    expect(boxesOf(manifest.rows[0]!).map(({ type }) => type)).toEqual(['dent', 'dent']);
    const { width, height } = await sharp(manifest.resolve(manifest.rows[0]!.image)).metadata();
    expect(() => checkBoxes(manifest.rows[0]!, { width: width!, height: height! }, 'row')).not.toThrow();
  });

  it('of more than 8 bits is seen as its inspector saw it, the good parts beside it too', async () => {
    const samples = Uint16Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 997) % 60_000);
    const raw = { width: 40, height: 30, channels: 3 } as const;
    const deep = new Uint8Array(await sharp(samples, { raw }).toColourspace('rgb16').png().toBuffer());
    const window = { low: 0, high: 40_000, rule: 'chosen' } as const;
    const into = path.join(folder, 'deep');
    const set = createLabelledSetWriter(async (name, bytes) => {
      await mkdir(path.join(into, path.dirname(name)), { recursive: true });
      await writeFile(path.join(into, name), bytes);
    });
    const image = await set.add(file('deep.png', deep));
    const proof = await set.add(file('proof.png', await picture(40)));
    const row = {
      image,
      category: 'cap',
      label: 'normal',
      type: null,
      boxes: [],
      mask: null,
      exemplars: [image],
    } as const;
    const split = 'train';
    await set.finish([
      { ...row, id: 'as seen', split, windowLevel: window },
      { ...row, id: 'plain', split },
      { ...row, id: 'proof', image: proof, split: 'validation', windowLevel: window },
    ]);
    const [seen, plain] = await manifestCases(path.join(into, 'manifest.jsonl'));
    const want = async (choice?: WindowChoice) => (await decodeImage(deep, 'deep.png', choice)).raster.data;
    expect(await want(window)).not.toEqual(await want());
    expect((await seen!.part()).windowLevel).toEqual(window);
    expect((await seen!.part()).raster.data).toEqual(await want(window));
    expect((await seen!.exemplars.exemplars[0]!.load()).data).toEqual(await want(window));
    expect((await plain!.part()).raster.data).toEqual(await want());
    expect((await plain!.exemplars.exemplars[0]!.load()).data).toEqual(await want());
    // Validation, by the manifest and by its folder.
    for (const given of [path.join(into, 'manifest.jsonl'), into]) {
      const { images } = await readLabelledImages(given, 'cap');
      expect(images).toMatchObject([{ name: 'images/proof.png', truth: 'normal', windowLevel: window }]);
    }
  });

  it('refuses a row whose image is not in it', async () => {
    const set = createLabelledSetWriter(() => Promise.resolve());
    const row = {
      id: 'a',
      category: 'cap',
      label: 'normal',
      type: null,
      boxes: [],
      mask: null,
      exemplars: [],
    } as const;
    await expect(set.finish([{ ...row, image: 'images/none.png', split: 'train' }])).rejects.toThrow('images/none.png');
  });
});
