import { describe, expect, it } from 'vitest';
import { datasetRows } from '../datasetRows.ts';
import { DATASETS } from './index.ts';
import { makeTree, mask, photo, without } from './testTree.ts';

const rowsOf = async (name: string, root: string, options = {}) =>
  (
    await datasetRows(
      DATASETS.find((dataset) => dataset.name === name)!,
      root,
      options,
    )
  ).rows;

describe('visa', () => {
  const SPLIT = [
    'object,split,label,image,mask',
    'candle,train,normal,candle/Data/Images/Normal/0000.JPG,',
    'candle,test,normal,candle/Data/Images/Normal/0001.JPG,',
    'candle,test,anomaly,candle/Data/Images/Anomaly/000.JPG,candle/Data/Masks/Anomaly/000.png',
    'candle,test,anomaly,candle/Data/Images/Anomaly/001.JPG,candle/Data/Masks/Anomaly/001.png',
  ];
  const NOTES = [
    'image,label,mask',
    'candle/Data/Images/Normal/0000.JPG,normal,',
    'candle/Data/Images/Normal/0001.JPG,normal,',
    'candle/Data/Images/Anomaly/000.JPG,"chunk of wax missing,foreign particals on candle",candle/Data/Masks/Anomaly/000.png',
    'candle/Data/Images/Anomaly/001.JPG,weird candle wick,candle/Data/Masks/Anomaly/001.png',
  ];
  const files = {
    'split_csv/1cls.csv': SPLIT.join('\r\n'),
    'candle/image_anno.csv': NOTES.join('\n'),
    'candle/Data/Images/Normal/0000.JPG': photo(),
    'candle/Data/Images/Normal/0001.JPG': photo(),
    'candle/Data/Images/Anomaly/000.JPG': photo(),
    'candle/Data/Images/Anomaly/001.JPG': photo(),
    // VisA numbers its defects: the values are 1, 2, 3, not 255.
    'candle/Data/Masks/Anomaly/000.png': mask([[2, 3, 8, 9]], 1),
    'candle/Data/Masks/Anomaly/001.png': mask([[4, 4, 9, 9]], 3),
  };

  it('is read from its split table; kinds of defect from quoted annotations, several of them being "combined"', async () => {
    const rows = await rowsOf('visa', await makeTree(files));
    expect(rows.map(({ split, label, type, boxes }) => [split, label, type, boxes])).toEqual([
      ['train', 'normal', null, []],
      ['test', 'normal', null, []],
      ['test', 'anomalous', 'combined', [[2, 3, 8, 9]]],
      ['test', 'anomalous', 'weird candle wick', [[4, 4, 9, 9]]],
    ]);
  });

  it('refuses a copy without the table, a table of other columns, and tables that disagree', async () => {
    const others = without(files, 'split_csv/1cls.csv');
    await expect(rowsOf('visa', await makeTree(others))).rejects.toThrow(
      /not a copy of VisA: there is no split_csv\/1cls.csv/,
    );
    const columns = { ...files, 'split_csv/1cls.csv': 'object,image\ncandle,a.jpg' };
    await expect(rowsOf('visa', await makeTree(columns))).rejects.toThrow(/column "split", "label", "mask" is missing/);
    const note = {
      ...files,
      'candle/image_anno.csv': files['candle/image_anno.csv'].replace('0001.JPG,normal', '0001.JPG,melt'),
    };
    await expect(rowsOf('visa', await makeTree(note))).rejects.toThrow(
      /row 2: "candle.*0001.JPG" is "normal" here and "melt"/,
    );
  });

  it('refuses a row whose image or mask is not there', async () => {
    const noImage = without(files, 'candle/Data/Images/Normal/0001.JPG');
    await expect(rowsOf('visa', await makeTree(noImage))).rejects.toThrow(/Normal\/0001.JPG: the set names this image/);
    const noMask = without(files, 'candle/Data/Masks/Anomaly/001.png');
    await expect(rowsOf('visa', await makeTree(noMask))).rejects.toThrow(
      /weird candle wick.*Masks\/Anomaly\/001.png does not exist/,
    );
  });
});

describe('kolektor-sdd', () => {
  const item = (name: string, defective: number) =>
    Object.fromEntries(
      [0, 1, 2].flatMap((k) => [
        [`${name}/Part${k}.jpg`, photo()],
        [`${name}/Part${k}_label.bmp`, mask(k === defective ? [[5, 6, 30, 9]] : [])],
      ]),
    );

  it('takes the label from the mask and keeps the parts of one item on one side of the drawn split', async () => {
    const root = await makeTree({
      ...item('kos01', 1),
      ...item('kos02', 0),
      ...item('kos03', -1),
      ...item('kos04', 2),
    });
    const { rows, split } = await datasetRows(
      DATASETS.find(({ name }) => name === 'kolektor-sdd')!,
      root,
      { seed: 4 },
    );
    expect(rows).toHaveLength(12);
    expect(rows.filter(({ label }) => label === 'anomalous').map(({ image, boxes }) => [image, boxes])).toEqual([
      ['kos01/Part1.jpg', [[5, 6, 30, 9]]],
      ['kos02/Part0.jpg', [[5, 6, 30, 9]]],
      ['kos04/Part2.jpg', [[5, 6, 30, 9]]],
    ]);
    for (const row of rows) expect(row.split).toBe(split!.groups[row.group!]);
    expect(new Set(Object.values(split!.groups))).toEqual(new Set(['train', 'test']));
  });

  it('cannot do without a mask, and refuses other folders', async () => {
    const others = without(item('kos01', 1), 'kos01/Part2_label.bmp');
    await expect(rowsOf('kolektor-sdd', await makeTree(others))).rejects.toThrow(/Part2.jpg: its mask Part2_label.bmp/);
    await expect(rowsOf('kolektor-sdd', await makeTree({ 'a/Part0.jpg': photo() }))).rejects.toThrow(/kos01, kos02/);
  });
});

describe('real-iad', () => {
  const NAME = 'realiad_512/audiojack';
  const entry = (anomaly: string, image: string, drawn: string | null = null) => ({
    category: 'audiojack',
    anomaly_class: anomaly,
    image_path: image,
    mask_path: drawn,
  });
  const table = (test: unknown[]) =>
    JSON.stringify({
      meta: { normal_class: 'OK', prefix: 'audiojack/' },
      train: [entry('OK', 'OK/S0001/audiojack_0001_OK_C1_1.jpg')],
      test,
    });
  const files = {
    [`${NAME}/OK/S0001/audiojack_0001_OK_C1_1.jpg`]: photo(),
    [`${NAME}/NG/HS/S0007/audiojack_0007_NG_C1_2.jpg`]: photo(),
    [`${NAME}/NG/HS/S0007/audiojack_0007_NG_C1_2.png`]: mask([[7, 7, 12, 13]]),
    [`${NAME}/NG/HS/S0007/audiojack_0007_NG_C2_2.jpg`]: photo(),
  };
  const seen = entry('HS', 'NG/HS/S0007/audiojack_0007_NG_C1_2.jpg', 'NG/HS/S0007/audiojack_0007_NG_C1_2.png');
  const hidden = entry('OK', 'NG/HS/S0007/audiojack_0007_NG_C2_2.jpg');

  it('names the coded defects, groups the views of a sample, and calls a view that hides the defect normal', async () => {
    const root = await makeTree({ ...files, 'realiad_jsons/realiad_jsons/audiojack.json': table([seen, hidden]) });
    const rows = await rowsOf('real-iad', root);
    expect(rows.map(({ split, label, type, boxes }) => [split, label, type, boxes])).toEqual([
      ['train', 'normal', null, []],
      ['test', 'anomalous', 'scratch', [[7, 7, 12, 13]]],
      ['test', 'normal', null, []],
    ]);
    expect(rows[1]!.group).toBe(rows[2]!.group);
    expect(rows[0]!.group).not.toBe(rows[1]!.group);
  });

  it('refuses a normal entry whose mask marks a defect, and copies without tables or images', async () => {
    const wrong = { ...hidden, mask_path: seen.mask_path };
    const root = await makeTree({ ...files, 'realiad_jsons/audiojack.json': table([seen, wrong]) });
    await expect(rowsOf('real-iad', root)).rejects.toThrow(/C2_2.jpg: it is labelled normal, but its mask/);
    await expect(rowsOf('real-iad', await makeTree(files))).rejects.toThrow(
      /no JSON file for any folder of realiad_512/,
    );
    await expect(rowsOf('real-iad', await makeTree({ 'a.png': photo() }))).rejects.toThrow(/there is no realiad_1024/);
  });
});

describe('deeppcb', () => {
  const files = {
    'PCBData/trainval.txt': 'group00041/00041/00041000.jpg group00041/00041_not/00041000.txt\n',
    'PCBData/test.txt': 'group12000/12000/12000001.jpg group12000/12000_not/12000001.txt\n',
    'PCBData/group00041/00041/00041000_test.jpg': photo(),
    'PCBData/group00041/00041/00041000_temp.jpg': photo(),
    'PCBData/group00041/00041_not/00041000.txt': '3 4 12 14 1\n20 5 30 9 6\n',
    'PCBData/group12000/12000/12000001_test.jpg': photo(),
    'PCBData/group12000/12000/12000001_temp.jpg': photo(),
    'PCBData/group12000/12000_not/12000001.txt': '1 1 9 9 5\n',
  };

  it('makes rows of the scans alone, with their boxes and their template as exemplar', async () => {
    const rows = await rowsOf('deeppcb', await makeTree(files));
    expect(rows.map(({ split, group, boxes, exemplars }) => [split, group, boxes, exemplars])).toEqual([
      [
        'train',
        '00041',
        [
          [3, 4, 12, 14, 'open'],
          [20, 5, 30, 9, 'pin_hole'],
        ],
        ['PCBData/group00041/00041/00041000_temp.jpg'],
      ],
      ['test', '12000', [[1, 1, 9, 9, 'spurious_copper']], ['PCBData/group12000/12000/12000001_temp.jpg']],
    ]);
  });

  it('refuses a broken annotation, a missing template and another folder', async () => {
    const broken = { ...files, 'PCBData/group12000/12000_not/12000001.txt': '1 1 9 9 7\n' };
    await expect(rowsOf('deeppcb', await makeTree(broken))).rejects.toThrow(/12000001.txt: "1 1 9 9 7" is not/);
    const others = without(files, 'PCBData/group12000/12000/12000001_temp.jpg');
    await expect(rowsOf('deeppcb', await makeTree(others))).rejects.toThrow(/12000001_temp.jpg: it is an exemplar of/);
    await expect(rowsOf('deeppcb', await makeTree({ 'a.png': photo() }))).rejects.toThrow(/there is no trainval.txt/);
  });
});
