import { describe, expect, it } from 'vitest';
import type { ImportPlan } from './importPlan.ts';
import { planImport } from './planImport.ts';

const plan = (paths: readonly string[], texts: Readonly<Record<string, string>> = {}) =>
  planImport(paths, (path) => Promise.resolve(texts[path]!));

/** Every file as `role category truth type` or the reason it is left out. */
function told({ groups }: ImportPlan): Record<string, string> {
  return Object.fromEntries(
    groups.flatMap((group) =>
      group.paths.map((path) => [
        path,
        group.role === 'skipped'
          ? group.reason
          : [group.role, group.category, ...(group.role === 'labelled' ? [group.truth, group.type] : [])].join(' '),
      ]),
    ),
  );
}

describe('published layouts', () => {
  it('MVTec AD: train/good alone may be compared with; tests have their truth from the folder', async () => {
    const found = await plan([
      'bottle/train/good/000.png',
      'bottle/test/good/001.png',
      'bottle/test/broken_large/002.png',
      'bottle/ground_truth/broken_large/002_mask.png',
      'bottle/license.txt',
      'bottle/.DS_Store',
    ]);
    expect(found.layout).toBe('mvtec-ad');
    expect(told(found)).toEqual({
      'bottle/train/good/000.png': 'good bottle',
      'bottle/test/good/001.png': 'labelled bottle normal ',
      'bottle/test/broken_large/002.png': 'labelled bottle anomalous broken_large',
      'bottle/ground_truth/broken_large/002_mask.png': 'mask',
      'bottle/license.txt': 'not-image',
      'bottle/.DS_Store': 'hidden',
    });
  });

  it('several categories, names in capitals, one folder above', async () => {
    const found = await plan([
      'mvtec/nut/Train/GOOD/1.PNG',
      'mvtec/pill/train/good/1.JPG',
      'mvtec/pill/Test/crack/2.JPG',
    ]);
    expect(told(found)).toEqual({
      'mvtec/nut/Train/GOOD/1.PNG': 'good nut',
      'mvtec/pill/train/good/1.JPG': 'good pill',
      'mvtec/pill/Test/crack/2.JPG': 'labelled pill anomalous crack',
    });
  });

  it('MVTec LOCO: validation is for testing, masks lie in folders of their own', async () => {
    const found = await plan([
      'juice/train/good/0.png',
      'juice/validation/good/1.png',
      'juice/test/logical_anomalies/2.png',
      'juice/ground_truth/logical_anomalies/002/000.png',
    ]);
    expect(found.layout).toBe('mvtec-loco');
    expect(told(found)).toEqual({
      'juice/train/good/0.png': 'good juice',
      'juice/validation/good/1.png': 'labelled juice normal ',
      'juice/test/logical_anomalies/2.png': 'labelled juice anomalous logical_anomalies',
      'juice/ground_truth/logical_anomalies/002/000.png': 'mask',
    });
  });

  it('MVTec AD 2 keeps private tests without their truth; BTech says ok and ko', async () => {
    const second = await plan(['can/train/good/0.png', 'can/test_public/bad/1.png', 'can/test_private_mixed/2.png']);
    expect(second.layout).toBe('mvtec-ad-2');
    expect(told(second)).toMatchObject({
      'can/test_public/bad/1.png': 'labelled can anomalous ',
      'can/test_private_mixed/2.png': 'unlabelled',
    });
    const btech = await plan(['01/train/ok/0.bmp', '01/test/ok/1.bmp', '01/test/ko/2.bmp']);
    expect(Object.values(told(btech))).toEqual(['good 01', 'labelled 01 normal ', 'labelled 01 anomalous ']);
  });

  it('VisA: the split file decides; without it Normal is good', async () => {
    const csv = [
      'object,split,label,image,mask',
      'candle,train,normal,candle/Data/Images/Normal/0.JPG,',
      'candle,test,normal,candle/Data/Images/Normal/1.JPG,',
      'candle,test,anomaly,candle/Data/Images/Anomaly/2.JPG,candle/Data/Masks/Anomaly/2.png',
    ].join('\r\n');
    const paths = [
      'VisA/candle/Data/Images/Normal/0.JPG',
      'VisA/candle/Data/Images/Normal/1.JPG',
      'VisA/candle/Data/Images/Anomaly/2.JPG',
      'VisA/candle/Data/Masks/Anomaly/2.png',
    ];
    const split = await plan([...paths, 'VisA/split_csv/1cls.csv'], { 'VisA/split_csv/1cls.csv': csv });
    expect(split.layout).toBe('visa');
    expect(Object.values(told(split)).slice(0, 4)).toEqual([
      'good candle',
      'labelled candle normal ',
      'labelled candle anomalous ',
      'mask',
    ]);
    expect(Object.values(told(await plan(paths)))).toEqual([
      'good candle',
      'good candle',
      'labelled candle anomalous ',
      'mask',
    ]);
  });

  it('DeepPCB: templates are good, scans are not', async () => {
    const found = await plan([
      'PCBData/group00041/00041/00041000_temp.jpg',
      'PCBData/group00041/00041/00041000_test.jpg',
      'PCBData/group00041/00041_not/00041000.txt',
      'PCBData/trainval.txt',
    ]);
    expect(found.layout).toBe('deep-pcb');
    expect(Object.values(told(found))).toEqual(['good pcb', 'labelled pcb anomalous ', 'not-image', 'not-image']);
  });
});

describe('a manifest', () => {
  const row = (fields: object) => JSON.stringify({ category: 'cap', label: 'normal', split: 'train', ...fields });

  it('decides for every image that it names, whatever the folders are called', async () => {
    const text = [
      row({ image: 'a/1.png' }),
      row({ image: 'a/2.png', split: 'test' }),
      row({
        image: 'a/3.png',
        label: 'anomalous',
        type: 'scratch',
        mask: 'm/3.png',
        split: 'test',
        exemplars: ['x/9.png'],
      }),
      row({ image: 'a/gone.png' }),
    ].join('\n');
    const paths = ['set/a/1.png', 'set/a/2.png', 'set/a/3.png', 'set/m/3.png', 'set/x/9.png', 'set/other.png'];
    const found = await plan([...paths, 'set/manifest.jsonl'], { 'set/manifest.jsonl': text });
    expect(told(found)).toEqual({
      'set/a/1.png': 'good cap',
      'set/a/2.png': 'labelled cap normal ',
      'set/a/3.png': 'labelled cap anomalous scratch',
      'set/m/3.png': 'mask',
      'set/x/9.png': 'good cap',
      'set/other.png': 'unlisted',
      'set/manifest.jsonl': 'not-image',
    });
    expect(found.missing).toEqual(['set/a/gone.png']);
  });

  it('that contradicts a folder is told by image and line; such an image is not taken', async () => {
    const text = [
      row({ image: 'train/good/1.png' }),
      row({ image: 'test/good/2.png', label: 'anomalous', split: 'test' }),
    ];
    const found = await plan(['train/good/1.png', 'test/good/2.png', 'manifest.jsonl'], {
      'manifest.jsonl': text.join('\n'),
    });
    expect(found.conflicts).toEqual([
      { path: 'test/good/2.png', label: 'anomalous', labelFile: 'manifest.jsonl', line: 2 },
    ]);
    expect(told(found)['test/good/2.png']).toBe('conflict');
  });

  it('never makes a tested image a good part, even if a row compares with it', async () => {
    const text = [row({ image: '1.png', split: 'test' }), row({ image: '2.png', split: 'test', exemplars: ['1.png'] })];
    const found = await plan(['1.png', '2.png', 'manifest.jsonl'], { 'manifest.jsonl': text.join('\n') });
    expect(told(found)['1.png']).toBe('labelled cap normal ');
  });

  it('that cannot be read names its line', async () => {
    await expect(
      plan(['a.png', 'manifest.jsonl'], { 'manifest.jsonl': `${row({ image: 'a.png' })}\n{` }),
    ).rejects.toMatchObject({
      code: 'labels-unreadable',
      subject: 'manifest.jsonl',
      reason: 'line 2: it is not JSON.',
    });
  });
});

describe('loose folders', () => {
  it('images alone are good parts; their folder names the kind', async () => {
    expect(told(await plan(['cap/1.png', 'cap/2.TIF']))).toEqual({ 'cap/1.png': 'good cap', 'cap/2.TIF': 'good cap' });
    const bare = await plan(['1.png', 'notes.md']);
    expect(bare.layout).toBe('flat');
    expect(told(bare)).toEqual({ '1.png': 'good ', 'notes.md': 'not-image' });
  });

  it('one folder a kind of part', async () => {
    const found = await plan(['parts/cap/1.png', 'parts/nut/1.png']);
    expect(found.layout).toBe('folders');
    expect(Object.values(told(found))).toEqual(['good cap', 'good nut']);
  });

  it('good beside defects: defects are labelled, never good parts', async () => {
    const found = await plan(['cap/good/1.png', 'cap/scratch/2.png', 'cap/ng/3.png', 'cap/4.png']);
    expect(found.layout).toBe('kinds');
    expect(Object.values(told(found))).toEqual([
      'good cap',
      'labelled cap anomalous scratch',
      'labelled cap anomalous ',
      'beside',
    ]);
  });

  it('a folder of bad parts, of tests or of masks alone gives no good part', async () => {
    for (const paths of [['bad/1.png'], ['test/1.png'], ['test/crack/1.png'], ['ground_truth/crack/1.png']])
      expect((await plan(paths)).groups.filter(({ role }) => role === 'good')).toEqual([]);
  });

  it('says when there is no image at all', async () => {
    expect((await plan(['readme.txt'])).layout).toBeNull();
  });
});
