import { describe, expect, it } from 'vitest';
import { datasetRows } from '../datasetRows.ts';
import { DATASETS } from './index.ts';
import { makeTree, mask, photo, without } from './testTree.ts';
import type { TreeImage } from './testTree.ts';

const named = (name: string) => DATASETS.find((dataset) => dataset.name === name)!;
const rowsOf = async (name: string, root: string, options = {}) => (await datasetRows(named(name), root, options)).rows;

/** One category in MVTec AD's layout. */
function category(name: string, defect: string, maskName: string, extension = 'png'): Record<string, TreeImage> {
  return {
    [`${name}/train/good/000.${extension}`]: photo(),
    [`${name}/train/good/001.${extension}`]: photo(),
    [`${name}/test/good/000.${extension}`]: photo(),
    [`${name}/test/${defect}/000.${extension}`]: photo(),
    [`${name}/ground_truth/${defect}/${maskName}`]: mask([
      [2, 3, 8, 9],
      [20, 10, 32, 22],
    ]),
  };
}

describe.each([
  ['mvtec-ad', 'bottle', 'broken_large', '000_mask.png', 'png'],
  ['mpdd', 'bracket_black', 'hole', '000_mask.png', 'png'],
  ['dtd-synthetic', 'Woven_001', 'bad', '000_mask.png', 'png'],
  ['goods-ad', 'food_box', 'opened', '000.png', 'jpg'],
])('%s', (name, object, defect, maskName, extension) => {
  const files = () => category(object, defect, maskName, extension);

  it('is read: splits and types from folders, one box per connected part of the mask, largest first', async () => {
    const rows = await rowsOf(name, await makeTree(files()));
    expect(rows.map((row) => `${row.split} ${row.type ?? row.label}`).sort()).toEqual(
      [`test ${defect}`, 'test normal', 'train normal', 'train normal'].sort(),
    );
    const bad = rows.find(({ label }) => label === 'anomalous')!;
    expect(bad.boxes).toEqual([
      [20, 10, 32, 22],
      [2, 3, 8, 9],
    ]);
    expect(bad).toMatchObject({ category: object, source: name, mask: `${object}/ground_truth/${defect}/${maskName}` });
    expect(rows.every(({ id }) => new RegExp(`^${name}/${object}/[0-9a-f]{12}$`).test(id))).toBe(true);
  });

  it('refuses a folder that is something else, and one category instead of the set', async () => {
    const root = await makeTree({ ...files(), 'notes/a.png': photo() });
    await expect(rowsOf(name, `${root}/notes`)).rejects.toThrow(/is not a copy of .*train\/good/);
    await expect(rowsOf(name, `${root}/${object}`)).rejects.toThrow(/it is one category.*Give the folder above/);
  });

  it('refuses a defective image without its mask, naming both, unless told to keep it without boxes', async () => {
    const others = without(files(), `${object}/ground_truth/${defect}/${maskName}`);
    const root = await makeTree(others);
    await expect(rowsOf(name, root)).rejects.toThrow(
      new RegExp(
        `test/${defect}/000.*labelled defective \\(${defect}\\).*ground_truth/${defect}/000_mask.png does not exist`,
      ),
    );
    const kept = await rowsOf(name, root, { allowMissingMasks: true });
    expect(kept.find(({ label }) => label === 'anomalous')).toMatchObject({ boxes: [], mask: null });
  });
});

describe('masks and labels that disagree', () => {
  const tree = (extra: Record<string, TreeImage>) =>
    makeTree({ ...category('bottle', 'crack', '000_mask.png'), ...extra });

  it.each([
    [
      'a defective image whose mask is empty',
      'ground_truth/crack/000_mask.png',
      mask([]),
      /crack.*000_mask.png marks nothing/,
    ],
    [
      'a good image whose mask marks a defect',
      'ground_truth/good/000_mask.png',
      mask([[1, 1, 5, 5]]),
      /labelled normal, but its mask.*marks a defect/,
    ],
    [
      'a mask of another size',
      'ground_truth/crack/000_mask.png',
      mask([[1, 1, 5, 5]], 255, { width: 20, height: 15 }),
      /mask is 20 x 15 pixels, its image .* is 40 x 30/,
    ],
  ])('are refused: %s', async (_, file, image, message) => {
    await expect(rowsOf('mvtec-ad', await tree({ [`bottle/${file}`]: image }))).rejects.toThrow(message);
  });

  it('are not seen where a good image has an empty mask', async () => {
    const rows = await rowsOf('mvtec-ad', await tree({ 'bottle/ground_truth/good/000_mask.png': mask([]) }));
    expect(rows.filter(({ label }) => label === 'normal').every((row) => row.mask === null)).toBe(true);
  });
});

describe('boxes', () => {
  const file = 'bottle/ground_truth/crack/000_mask.png';
  const boxesOf = async (image: TreeImage, options = {}, extra = {}) => {
    const root = await makeTree({ ...category('bottle', 'crack', '000_mask.png'), [file]: image, ...extra });
    return (await rowsOf('mvtec-ad', root, options)).find(({ label }) => label === 'anomalous')!.boxes;
  };

  it('can be one around everything', async () => {
    const two = mask([
      [2, 3, 8, 9],
      [20, 10, 32, 22],
    ]);
    expect(await boxesOf(two, { boxes: { mode: 'union' } })).toEqual([[2, 3, 32, 22]]);
  });

  it('take parts that touch at a corner as one, and leave specks out unless there is nothing else', async () => {
    const touching = mask([
      [2, 2, 6, 6],
      [6, 6, 10, 10],
      [30, 20, 31, 21],
    ]);
    expect(await boxesOf(touching)).toEqual([[2, 2, 10, 10]]);
    expect(await boxesOf(mask([[30, 20, 31, 21]]))).toEqual([[30, 20, 31, 21]]);
    expect(await boxesOf(touching, { boxes: { minPixels: 1 } })).toHaveLength(2);
  });

  it('lie on the upright image when the photograph carries an EXIF orientation and its mask does not', async () => {
    const root = await makeTree({
      ...category('bottle', 'crack', '000_mask.png', 'jpg'),
      'bottle/test/crack/000.jpg': photo(120, 6),
      [file]: mask([[0, 0, 10, 4]]),
    });
    const bad = (await rowsOf('mvtec-ad', root)).find(({ label }) => label === 'anomalous')!;
    // Orientation 6: the stored top left corner is the upright top right one; upright size 30 x 40.
    expect(bad.boxes).toEqual([[26, 0, 30, 10]]);
  });
});

describe('mvtec-loco', () => {
  const files = {
    'pushpins/train/good/000.png': photo(),
    'pushpins/validation/good/000.png': photo(),
    'pushpins/test/good/000.png': photo(),
    'pushpins/test/logical_anomalies/000.png': photo(),
    'pushpins/test/structural_anomalies/000.png': photo(),
    'pushpins/ground_truth/logical_anomalies/000/000.png': mask([[1, 1, 9, 9]], 253),
    'pushpins/ground_truth/logical_anomalies/000/001.png': mask([[5, 5, 12, 12]], 254),
    'pushpins/ground_truth/structural_anomalies/000/000.png': mask([[3, 3, 6, 7]]),
  };

  it('keeps the validation split, reads every mask of an image and keeps their folder as its mask', async () => {
    const rows = await rowsOf('mvtec-loco', await makeTree(files));
    expect(rows.map(({ split }) => split)).toEqual(['train', 'validation', 'test', 'test', 'test']);
    const [, logical, structural] = rows.filter(({ split }) => split === 'test');
    expect(logical).toMatchObject({
      type: 'logical_anomalies',
      boxes: [
        [1, 1, 9, 9],
        [5, 5, 12, 12],
      ],
      mask: 'pushpins/ground_truth/logical_anomalies/000',
    });
    expect(structural).toMatchObject({
      boxes: [[3, 3, 6, 7]],
      mask: 'pushpins/ground_truth/structural_anomalies/000/000.png',
    });
  });

  it('names the folder of masks that is missing', async () => {
    const others = without(files, 'pushpins/ground_truth/structural_anomalies/000/000.png');
    await expect(rowsOf('mvtec-loco', await makeTree(others))).rejects.toThrow(
      /ground_truth\/structural_anomalies\/000 does not exist/,
    );
  });
});

describe('loose folders', () => {
  it('may be good beside kinds of defect: some good images become exemplars, masks are used where there are any', async () => {
    const good = Object.fromEntries([0, 1, 2, 3].map((k) => [`good/${k}.png`, photo(100 + k)]));
    const root = await makeTree({
      ...good,
      'dent/a.png': photo(),
      'dent/b.png': photo(),
      'ground_truth/dent/a.png': mask([[4, 4, 9, 9]]),
    });
    const rows = await rowsOf('folder', root);
    expect(rows.filter(({ split, label }) => split === 'train' && label === 'normal')).toHaveLength(2);
    expect(rows.filter(({ split, label }) => split === 'test' && label === 'normal')).toHaveLength(2);
    expect(rows.filter(({ type }) => type === 'dent').map((row) => [row.split, row.boxes])).toEqual([
      ['test', [[4, 4, 9, 9]]],
      ['test', []],
    ]);
  });

  it('without good images are refused', async () => {
    await expect(rowsOf('folder', await makeTree({ 'dent/a.png': photo() }))).rejects.toThrow(/good, ok or normal/);
  });
});

describe('goods-ad', () => {
  it('groups images of one product', async () => {
    const root = await makeTree({
      ...category('food_box', 'opened', '000.png', 'jpg'),
      'food_box/test/opened/012003.jpg': photo(),
      'food_box/ground_truth/opened/012003.png': mask([[4, 4, 9, 9]]),
      'food_box/test/good/012044.jpg': photo(),
    });
    const groups = (await rowsOf('goods-ad', root)).filter(({ image }) => /012/.test(image)).map(({ group }) => group);
    expect(groups).toEqual(['food_box/012', 'food_box/012']);
  });
});
