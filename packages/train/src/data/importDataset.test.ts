import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runHere } from '../commands/testProgram.ts';
import { makeTree, mask, photo, without } from './datasets/testTree.ts';
import type { TreeImage } from './datasets/testTree.ts';
import type { ImportSummary } from './importDataset.ts';
import { readManifest } from './manifest.ts';
import { manifestCases } from './manifestSource.ts';
import { questionsFile, readMmadQuestions } from './mmadQuestions.ts';
import { readSplit } from './storedSplit.ts';

const question = (type: string, answer: string) => ({
  Question: `What about the ${type}?`,
  Answer: answer,
  Options: { A: 'Yes.', B: 'No.' },
  type,
  annotation: true,
});
const entry = (image: string, maskPath: string, template: string, conversation: unknown[]) => ({
  image_path: image,
  mask_path: maskPath,
  similar_templates: [template],
  random_templates: [template],
  conversation,
});

const BOTTLE = 'MVTec-AD/bottle/train/good/007.png';
const PINS = 'MVTec-LOCO/pushpins/train/good/001.png';
const CANDLE = 'VisA/candle/train/good/0000.JPG';
const TABLE: Record<string, unknown> = {
  'DS-MVTec/bottle/image/broken_large/000.png': entry(
    'DS-MVTec/bottle/image/broken_large/000.png',
    'mask/broken_large/000_mask.png',
    BOTTLE,
    [question('Anomaly Detection', 'A'), question('Defect Classification', 'B')],
  ),
  'DS-MVTec/bottle/image/good/003.png': entry('DS-MVTec/bottle/image/good/003.png', '', BOTTLE, [
    question('Anomaly Detection', 'B'),
    question('Object Structure', 'A'),
    question('Riddle', 'A'),
  ]),
  'MVTec-LOCO/pushpins/test/logical_anomalies/004.png': entry(
    'MVTec-LOCO/pushpins/test/logical_anomalies/004.png',
    'ground_truth/logical_anomalies/004/000.png',
    PINS,
    [question('Anomaly Detection', 'A')],
  ),
  // Four images of the real set have no mask.
  'MVTec-LOCO/pushpins/test/structural_anomalies/005.png': entry(
    'MVTec-LOCO/pushpins/test/structural_anomalies/005.png',
    '',
    PINS,
    [],
  ),
  'VisA/candle/test/bad/002.JPG': entry('VisA/candle/test/bad/002.JPG', 'ground_truth/bad/002.png', CANDLE, [
    question('Anomaly Detection', 'A'),
  ]),
  'VisA/candle/test/good/0009.JPG': entry('VisA/candle/test/good/0009.JPG', '', CANDLE, []),
  'GoodsAD/food_box/test/opened/012003.jpg': entry('GoodsAD/food_box/test/opened/012003.jpg', 'x.png', 'y.jpg', []),
};

/** GoodsAD was not downloaded. */
const MMAD: Record<string, TreeImage | string> = {
  'mmad.json': JSON.stringify(TABLE),
  'domain_knowledge.json': JSON.stringify({
    MVTec: {
      bottle: { good: 'A round rim.', broken_large: 'A large piece is missing.' },
      cable: { good: 'Three wires.' },
    },
  }),
  [BOTTLE]: photo(),
  [PINS]: photo(),
  [CANDLE]: photo(),
  'DS-MVTec/bottle/image/broken_large/000.png': photo(),
  'DS-MVTec/bottle/image/good/003.png': photo(),
  'DS-MVTec/bottle/mask/broken_large/000_mask.png': mask([[2, 3, 8, 9]]),
  'MVTec-LOCO/pushpins/test/logical_anomalies/004.png': photo(),
  'MVTec-LOCO/pushpins/ground_truth/logical_anomalies/004/000.png': mask([[1, 1, 6, 6]]),
  'MVTec-LOCO/pushpins/ground_truth/logical_anomalies/004/001.png': mask([[20, 20, 24, 24]]),
  'MVTec-LOCO/pushpins/test/structural_anomalies/005.png': photo(),
  'VisA/candle/test/bad/002.JPG': photo(),
  'VisA/candle/ground_truth/bad/002.png': mask([[4, 4, 9, 9]], 1),
  'VisA/candle/test/good/0009.JPG': photo(),
};

async function runImport(dataset: string, files: Record<string, TreeImage | string>, ...flags: string[]) {
  const root = await makeTree(files);
  const out = path.join(root, 'made', 'set.jsonl');
  const result = await runHere('data', 'import', '--dataset', dataset, '--root', root, '--out', out, ...flags);
  return { ...result, root, out };
}

describe('importing MMAD', () => {
  it('makes rows with boxes from the masks of four layouts and templates as exemplars, and tells what is left out', async () => {
    const { code, stdout, stderr, out } = await runImport('mmad', MMAD);
    expect(stderr).toContain('GoodsAD is not there: 1 images left out');
    expect(stderr).toMatch(/good\/003.png: question 3 left out, its type is "Riddle"/);
    expect(code).toBe(0);
    expect(JSON.parse(stdout) as ImportSummary).toMatchObject({ rows: 6, normal: 2, anomalous: 4, withoutBoxes: 1 });
    const { rows } = await readManifest(out);
    expect(rows.map(({ category, label, type, boxes }) => [category, label, type, boxes])).toEqual([
      ['bottle', 'anomalous', 'broken_large', [[2, 3, 8, 9]]],
      ['bottle', 'normal', null, []],
      [
        'pushpins',
        'anomalous',
        'logical_anomalies',
        [
          [1, 1, 6, 6],
          [20, 20, 24, 24],
        ],
      ],
      ['pushpins', 'anomalous', 'structural_anomalies', []],
      ['candle', 'anomalous', null, [[4, 4, 9, 9]]],
      ['candle', 'normal', null, []],
    ]);
    expect(rows.every((row) => row.exemplars.length === 1 && row.source === 'mmad')).toBe(true);
    const cases = await manifestCases(out);
    expect(cases[0]!.types).toEqual(cases[1]!.types);
    expect(cases[0]!.exemplars.exemplars[0]!.name).toBe('007.png');
  });

  it('carries the questions along, joined by id, with templates relative to the manifest', async () => {
    const { out, root } = await runImport('mmad', MMAD);
    const { rows } = await readManifest(out);
    const records = await readMmadQuestions(questionsFile(out));
    expect(records.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(records[0]).toMatchObject({
      key: 'DS-MVTec/bottle/image/broken_large/000.png',
      dataset: 'DS-MVTec',
      label: 'anomalous',
      questions: [
        { type: 'Anomaly Detection', answer: 'A', options: { A: 'Yes.', B: 'No.' } },
        { type: 'Defect Classification', answer: 'B' },
      ],
    });
    expect(path.resolve(path.dirname(out), records[0]!.similarTemplates[0]!)).toBe(path.join(root, BOTTLE));
    expect(records[1]!.questions.map(({ type }) => type)).toEqual(['Anomaly Detection', 'Object Structure']);
    expect(records[5]!.questions).toEqual([]);
  });

  it('keeps the domain knowledge of the categories that are there', async () => {
    const { out } = await runImport('mmad', MMAD);
    expect(JSON.parse(await readFile(out.replace('.jsonl', '.knowledge.json'), 'utf8'))).toEqual({
      bottle: { good: 'A round rim.', broken_large: 'A large piece is missing.' },
    });
  });

  it.each([
    ['no table', without(MMAD, 'mmad.json'), /there is no mmad.json.*Give the folder with mmad.json beside DS-MVTec/],
    ['no images at all', { 'mmad.json': MMAD['mmad.json']! }, /none of DS-MVTec, .* lies beside mmad.json/],
    [
      'a missing mask',
      without(MMAD, 'DS-MVTec/bottle/mask/broken_large/000_mask.png'),
      /000.png: it is labelled defective \(broken_large\), but its mask/,
    ],
    [
      'a missing image',
      without(MMAD, 'VisA/candle/test/good/0009.JPG'),
      /0009.JPG: the set names this image, but it does not exist/,
    ],
    ['a missing template', without(MMAD, BOTTLE), /007.png: it is an exemplar of DS-MVTec/],
    ['a broken table', { ...MMAD, 'mmad.json': '{' }, /mmad.json: it is not valid JSON/],
  ])('refuses %s and writes nothing', async (_, files, message) => {
    const { code, stderr, out } = await runImport('mmad', files);
    expect(stderr).toMatch(message);
    expect(code).toBe(1);
    await expect(readFile(out)).rejects.toThrow(/ENOENT/);
  });

  it('refuses a template that is itself asked about: the exemplar would be a test image', async () => {
    const key = 'DS-MVTec/bottle/image/good/003.png';
    const table = {
      ...TABLE,
      [key]: { ...(TABLE[key] as object), similar_templates: ['VisA/candle/test/good/0009.JPG'] },
    };
    const { stderr } = await runImport('mmad', { ...MMAD, 'mmad.json': JSON.stringify(table) });
    expect(stderr).toMatch(/the template "VisA\/candle\/test\/good\/0009.JPG" of .* is itself asked about/);
  });
});

describe('a drawn split', () => {
  const goods = Object.fromEntries(
    ['000', '001', '002', '003', '004', '005'].flatMap((product) => [
      [`food_box/train/good/${product}000.jpg`, photo()],
      [`food_box/test/good/${product}001.jpg`, photo()],
      [`food_box/test/opened/${product}002.jpg`, photo()],
      [`food_box/ground_truth/opened/${product}002.png`, mask([[4, 4, 9, 9]])],
      [`food_box/test/good/9${product.slice(1)}001.jpg`, photo()],
    ]),
  );

  it('keeps products whole, gives every side both labels, leaves the training images alone and is kept beside', async () => {
    const { out, stdout } = await runImport('goods-ad', goods, '--split', 'train=0.5,test=0.5', '--seed', '3');
    expect((JSON.parse(stdout) as ImportSummary).splits).toEqual({ train: 15, validation: 0, test: 9 });
    const { rows } = await readManifest(out);
    const split = await readSplit(out.replace('.jsonl', '.split.json'));
    expect(split).toMatchObject({ dataset: 'goods-ad', seed: 3, shares: { train: 0.5, test: 0.5 } });
    for (const row of rows) {
      if (row.image.includes('/train/')) expect(row.split).toBe('train');
      else expect(row.split).toBe(split.groups[row.group!]);
    }
    for (const side of ['train', 'test']) {
      const labels = rows.filter((row) => row.split === side && row.image.includes('/test/')).map(({ label }) => label);
      expect(new Set(labels)).toEqual(new Set(['normal', 'anomalous']));
    }
  });

  it('is the same for the same seed, another for another, and can be used again', async () => {
    const sides = async (...flags: string[]) => {
      const { out } = await runImport('goods-ad', goods, ...flags);
      return { out, sides: (await readManifest(out)).rows.map(({ split }) => split).join() };
    };
    const shares = ['--split', 'train=0.5,test=0.5'];
    const first = await sides(...shares, '--seed', '3');
    expect((await sides(...shares, '--seed', '3')).sides).toBe(first.sides);
    expect((await sides(...shares, '--seed', '4')).sides).not.toBe(first.sides);
    expect((await sides('--split-file', first.out.replace('.jsonl', '.split.json'))).sides).toBe(first.sides);
  });

  it('of another set is refused by the group it does not know', async () => {
    const { out } = await runImport('goods-ad', goods, '--split', 'train=0.5,test=0.5');
    const more = { ...goods, 'food_box/test/good/777001.jpg': photo() };
    const { stderr } = await runImport('goods-ad', more, '--split-file', out.replace('.jsonl', '.split.json'));
    expect(stderr).toMatch(/food_box\/777: the stored split of goods-ad does not know it/);
  });
});

describe('data check', () => {
  const tree = Object.fromEntries(
    Array.from({ length: 12 }, (_, k) => [
      [`part/train/good/${k}.png`, photo()],
      [`part/test/good/${k}.png`, photo()],
      [`part/test/${k % 2 ? 'dent' : 'burr'}/${k}.png`, photo()],
    ]).flat(),
  );

  it('passes an imported set: one type list, whatever the label', async () => {
    const { out } = await runImport('folder', tree);
    const { code, stdout } = await runHere('data', 'check', '--data', out);
    expect(JSON.parse(stdout)).toMatchObject({ n: 24, leaks: false, withinCategories: { accuracy: 0.5 } });
    expect(code).toBe(0);
  });

  it('fails on records in the published form whose lists depend on the label', async () => {
    const list = (isBad: boolean) => (isBad ? '- crack.\n- dent.' : '- surface mark.\n- structural change.');
    const records = Array.from({ length: 60 }, (_, k) => ({
      question: `Evaluate the image of class "c${k % 3}".\nCandidate anomaly types:\n${list(k % 2 === 0)}`,
      gt_answer: k % 2 === 0,
      class_name: `c${k % 3}`,
    }));
    const root = await makeTree({ 'grpo.jsonl': records.map((record) => JSON.stringify(record)).join('\n') });
    const { code, stderr } = await runHere('data', 'check', '--prompts', path.join(root, 'grpo.jsonl'));
    expect(stderr).toMatch(/the prompt text alone tells the label, of 60 cases 100.0 % \(at least \d\d.\d %\)/);
    expect(code).toBe(1);
  });
});

it('names the whole path of a mask that is no image, and of an output that cannot be written', async () => {
  const place = 'bottle/ground_truth/crack/000_mask.png';
  const files = {
    'bottle/train/good/000.png': photo(),
    'bottle/test/good/000.png': photo(),
    'bottle/test/crack/000.png': photo(),
    [place]: mask([[2, 3, 8, 9]]),
  };
  const importTo = (root: string, out: string) =>
    runHere('data', 'import', '--dataset', 'mvtec-ad', '--root', root, '--out', out);
  const root = await makeTree(files);
  const full = await importTo(root, '/dev/full');
  expect(full).toMatchObject({ code: 1, stdout: '' });
  expect(full.stderr).toMatch(/^\/dev\/full: it cannot be written \(ENOSPC\)\. Check/);
  const other = await makeTree({ ...files, [place]: 'not an image' });
  const refused = await importTo(other, path.join(other, 'out.jsonl'));
  expect(refused).toMatchObject({ code: 1, stdout: '' });
  expect(refused.stderr).toContain(`${path.join(other, place)}: This is not an image`);
});
