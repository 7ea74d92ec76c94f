/** What the studio exports of decisions and corrections is read by the readers of training and validation. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLabelledSetWriter } from '@agentiad/core/protocol/labelledSet.ts';
import type { ManifestRow } from '@agentiad/core/protocol/manifest.ts';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { unzipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { boxesOf, checkBoxes, readManifest } from './manifest.ts';

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
    const pieces: Uint8Array[] = [];
    const set = createLabelledSetWriter((piece) => pieces.push(piece.slice()));
    const [bad, good, exemplar] = await Promise.all([picture(10), picture(20), picture(30)]);
    const badPath = set.add(file('Cam1/part.png', bad));
    const goodPath = set.add(file('Part.PNG', good));
    const exemplarPath = set.add(file('..', exemplar));
    expect(set.add(file('again.png', bad))).toBe(badPath);
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
    set.finish(rows);

    const files = unzipSync(new Uint8Array(Buffer.concat(pieces)));
    expect(Object.keys(files)).toHaveLength(4);
    for (const [name, bytes] of Object.entries(files)) {
      await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
      await writeFile(path.join(folder, name), bytes);
    }
    const manifest = await readManifest(path.join(folder, 'manifest.jsonl'));
    expect(manifest.rows).toEqual(rows);
    expect(boxesOf(manifest.rows[0]!).map(({ type }) => type)).toEqual(['dent', 'dent']);
    const { width, height } = await sharp(manifest.resolve(manifest.rows[0]!.image)).metadata();
    expect(() => checkBoxes(manifest.rows[0]!, { width: width!, height: height! }, 'row')).not.toThrow();
  });

  it('refuses a row whose image is not in it', () => {
    const set = createLabelledSetWriter(() => {});
    const row = {
      id: 'a',
      category: 'cap',
      label: 'normal',
      type: null,
      boxes: [],
      mask: null,
      exemplars: [],
    } as const;
    expect(() => set.finish([{ ...row, image: 'images/none.png', split: 'train' }])).toThrow('images/none.png');
  });
});
