import { mkdtemp, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { readManifest, writeManifest } from './manifest.ts';
import type { ManifestRow } from '@agentiad/core/protocol/manifest.ts';
import { manifestCases } from './manifestSource.ts';

let folder: string;
const row = (over: Partial<ManifestRow> = {}): ManifestRow => ({
  id: 'a',
  image: 'good.png',
  category: 'ring',
  label: 'normal',
  type: null,
  boxes: [],
  mask: null,
  exemplars: [],
  split: 'train',
  ...over,
});
const bad = (over: Partial<ManifestRow> = {}) =>
  row({ id: 'b', image: 'bad.png', label: 'anomalous', type: 'dent', split: 'test', ...over });

async function write(rows: readonly unknown[]): Promise<string> {
  const file = path.join(folder, 'manifest.jsonl');
  await writeFile(file, rows.map((r) => (typeof r === 'string' ? r : JSON.stringify(r))).join('\n'));
  return file;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'manifest-'));
  const image = (color: string) => sharp({ create: { width: 40, height: 30, channels: 3, background: color } }).png();
  await image('#888888').toFile(path.join(folder, 'good.png'));
  await image('#999999').toFile(path.join(folder, 'good2.png'));
  await image('#333333').toFile(path.join(folder, 'bad.png'));
});

describe('a manifest', () => {
  it('survives writing and reading', async () => {
    const rows = [row(), bad({ boxes: [[1, 2, 10, 12, 'dent']] })];
    const file = path.join(folder, 'round.jsonl');
    await writeManifest(file, rows);
    expect((await readManifest(file)).rows).toEqual(rows);
  });

  it.each([
    ['a repeated id', () => [row(), bad({ id: 'a' })], /line 2.*"a" was already used on line 1/],
    ['a missing image', () => [row({ image: 'gone.png' })], /line 1.*"gone.png" does not exist/],
    ['a missing exemplar', () => [row({ exemplars: ['gone.png'] })], /"gone.png" does not exist/],
    ['an unknown split', () => [row({ split: 'dev' as 'test' })], /split "dev" is unknown.*train, validation, test/],
    ['an unknown label', () => [row({ label: 'ok' as 'normal' })], /label "ok" is unknown/],
    ['a good part with a box', () => [row({ boxes: [[0, 0, 5, 5]] })], /labelled normal but has a defect/],
    ['an inside-out box', () => [bad({ boxes: [[9, 9, 3, 3]] })], /is not a box/],
    ['a broken line', () => [row(), '{"id":'], /line 2.*not JSON/],
    ['an empty file', () => [], /no rows/],
  ])('with %s is refused, naming the line', async (_, rows, message) => {
    await expect(readManifest(await write(rows()))).rejects.toThrow(message);
  });

  it('with a box outside its image is refused when the image is opened', async () => {
    const file = await write([row(), bad({ boxes: [[0, 0, 41, 5]] })]);
    await expect(manifestCases(file)).rejects.toThrow(/\[0, 0, 41, 5\] of "b" leaves the image, which is 40 x 30/);
  });
});

describe('cases from a manifest', () => {
  it('share one candidate list per category, whatever their label', async () => {
    const cases = await manifestCases(await write([row(), bad({ boxes: [[1, 1, 9, 9, 'scratch']] })]));
    expect(cases.map((c) => c.types)).toEqual([
      ['dent', 'scratch'],
      ['dent', 'scratch'],
    ]);
  });

  it('take good training images as exemplars, never the part itself', async () => {
    const cases = await manifestCases(await write([row(), row({ id: 'c', image: 'good2.png' }), bad()]));
    expect(cases[0]!.exemplars.exemplars.map((e) => e.name)).toEqual(['good2.png']);
    expect(cases[2]!.exemplars.exemplars.map((e) => e.name).sort()).toEqual(['good.png', 'good2.png']);
    expect((await cases[2]!.part()).raster.width).toBe(40);
  });
});
