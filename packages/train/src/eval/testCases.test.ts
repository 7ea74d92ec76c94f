import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestCases, openTrainingCases } from './testCases.ts';

let folder: string;
let manifest: string;
const rows = [
  ...[1, 2, 3, 4].map((k) => ({ id: `train good ${k}`, label: 'normal', split: 'train' })),
  { id: 'train bad', label: 'anomalous', split: 'train' },
  ...[1, 2].map((k) => ({ id: `validation ${k}`, label: k === 1 ? 'normal' : 'anomalous', split: 'validation' })),
  ...[1, 2].map((k) => ({ id: `test ${k}`, label: k === 1 ? 'normal' : 'anomalous', split: 'test' })),
];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'eval-cases-'));
  await mkdir(path.join(folder, 'images'));
  for (const { id } of rows) {
    const grey = { r: 128, g: 128, b: 128 };
    const image = sharp({ create: { width: 32, height: 32, channels: 3, background: grey } });
    await image.png().toFile(path.join(folder, 'images', `${id}.png`));
  }
  manifest = path.join(folder, 'parts.jsonl');
  const lines = rows.map(({ id, label, split }) =>
    JSON.stringify({
      id,
      image: `images/${id}.png`,
      category: 'disc',
      label,
      type: null,
      boxes: [],
      mask: null,
      split,
    }),
  );
  await writeFile(manifest, lines.join('\n'));
});
afterAll(() => rm(folder, { recursive: true }));

const ids = (cases: readonly { id: string }[]) => cases.map(({ id }) => id).sort();

describe('the cases under test', () => {
  const request = { limit: 100, seed: 0, exemplars: 3 };

  it('leave the training rows of a manifest out', async () => {
    const cases = await openTestCases({ ...request, data: manifest });
    expect(ids(cases)).toEqual(['test 1', 'test 2', 'validation 1', 'validation 2']);
    expect(ids(await openTestCases({ ...request, data: manifest, split: 'validation' }))).toEqual([
      'validation 1',
      'validation 2',
    ]);
  });

  it('share none with the cases that thresholds may come from', async () => {
    const training = await openTrainingCases({ ...request, data: manifest });
    expect(ids(training)).toEqual(['train bad', 'train good 1', 'train good 2', 'train good 3', 'train good 4']);
    for (const { exemplars, id } of training) {
      expect(exemplars.exemplars).toHaveLength(3);
      expect(exemplars.exemplars.map(({ name }) => name)).not.toContain(`${id}.png`);
    }
    expect(await openTrainingCases({ ...request, data: manifest, split: 'train' })).toEqual([]);
  });

  it('are other designs than the training parts, for generated ones', async () => {
    const generated = { ...request, data: 'procedural:test', limit: 40 };
    const tested = new Set((await openTestCases(generated)).map(({ group }) => group));
    const training = await openTrainingCases(generated);
    expect(training).toHaveLength(40);
    expect(training.filter(({ group }) => tested.has(group))).toEqual([]);
  });

  it('need both labels', async () => {
    await expect(openTestCases({ ...request, data: manifest, limit: 1 })).rejects.toThrow(/the 1 cases are all/);
  });

  it('refuses generated parts that do not exist', async () => {
    await expect(openTestCases({ ...request, data: 'procedural:secret' })).rejects.toThrow(/procedural:secret/);
  });
});
