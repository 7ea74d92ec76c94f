/**
 * VisA (Zou et al., ECCV 2022): twelve objects, `split_csv/1cls.csv` (object, split, label, image, mask) and, per
 * object, `image_anno.csv` (image, label, mask) with the kinds of defect. Masks count defects from 1. CC BY 4.0.
 */
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import type { ManifestSplit } from '@agentiad/core/protocol/manifest.ts';
import { datasetConflict, wrongRoot } from './dataset.ts';
import type { Dataset, DatasetImage } from './dataset.ts';
import { textOf } from './files.ts';

const SPLIT_FILE = 'split_csv/1cls.csv';
const SPLIT_COLUMNS = ['object', 'split', 'label', 'image', 'mask'] as const;
const NOTE_COLUMNS = ['image', 'label'] as const;
/** MVTec AD's word for images with defects of several kinds. */
const SEVERAL = 'combined';

export const visa: Dataset = {
  name: 'visa',
  title: 'VisA',
  layout: `${SPLIT_FILE} and candle/Data/Images, candle/Data/Masks, candle/image_anno.csv and so on`,
  read: async (root) => ({ images: await readVisa(root) }),
};

async function readVisa(root: string): Promise<DatasetImage[]> {
  const splitText = await textOf(root, SPLIT_FILE);
  if (splitText === null) {
    throw wrongRoot(
      visa,
      root,
      `there is no ${SPLIT_FILE}.`,
      `Give the unpacked VisA_20220922 folder; a copy re-ordered into train/good and test/bad is read by --dataset folder.`,
    );
  }
  const rows = readTable(path.join(root, SPLIT_FILE), splitText, SPLIT_COLUMNS);
  const notes = new Map<string, string>();
  for (const object of new Set(rows.map((row) => row.object))) {
    const file = `${object}/image_anno.csv`;
    const text = await textOf(root, file);
    if (text === null) continue;
    for (const { image, label } of readTable(path.join(root, file), text, NOTE_COLUMNS)) notes.set(image, label);
  }
  return rows.map(({ object, split, label, image, mask }, at) => {
    const where = `${path.join(root, SPLIT_FILE)} row ${at + 1}`;
    if (label !== 'normal' && label !== 'anomaly') {
      throw datasetConflict(where, `the label "${label}" is unknown.`, 'Labels are "normal" and "anomaly".');
    }
    if (split !== 'train' && split !== 'test') {
      throw datasetConflict(where, `the split "${split}" is unknown.`, 'Splits are "train" and "test".');
    }
    const note = notes.get(image);
    if (note !== undefined && (note === 'normal') !== (label === 'normal')) {
      throw datasetConflict(
        where,
        `"${image}" is "${label}" here and "${note}" in ${object}/image_anno.csv.`,
        'Use the CSV files of one release.',
      );
    }
    const isNormal = label === 'normal';
    return {
      image,
      category: object,
      label: isNormal ? 'normal' : 'anomalous',
      type: isNormal || note === undefined ? null : typeOf(note),
      masks: mask === '' ? [] : [mask],
      maskPlace: isNormal ? null : mask === '' ? `${object}/Data/Masks/Anomaly` : mask,
      split: split satisfies ManifestSplit,
      group: image,
    };
  });
}

function typeOf(note: string): string {
  const kinds = note.split(',').map((kind) => kind.trim());
  return kinds.length > 1 ? SEVERAL : kinds[0]!;
}

function readTable<Column extends string>(
  file: string,
  text: string,
  columns: readonly Column[],
): Record<Column, string>[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true });
  } catch (cause) {
    throw datasetConflict(file, 'it is not a CSV table.', 'Download the file again.', cause);
  }
  const missing = columns.filter((column) => rows[0]?.[column] === undefined);
  if (missing.length === 0) return rows as Record<Column, string>[];
  throw datasetConflict(
    file,
    `the column ${missing.map((column) => `"${column}"`).join(', ')} is missing.`,
    `The columns are ${columns.join(', ')}.`,
  );
}
