/** A dataset's copy on disk -> `manifest.jsonl` and what goes beside it: drawn split, MMAD questions, domain knowledge. */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256Hex } from '@agentiad/core/support/hash.ts';
import { prepareOutputFile, writing } from '../host/files.ts';
import type { Dataset } from './datasets/dataset.ts';
import { wrongRoot } from './datasets/dataset.ts';
import { isFolder } from './datasets/files.ts';
import { datasetRows } from './datasetRows.ts';
import type { RowOptions } from './datasetRows.ts';
import { writeManifest } from './manifest.ts';
import { questionsFile, writeMmadQuestions } from './mmadQuestions.ts';
import { splitFile, writeSplit } from './storedSplit.ts';

export interface ImportSummary {
  readonly manifest: string;
  readonly sha256: string;
  readonly rows: number;
  readonly normal: number;
  readonly anomalous: number;
  /** Defective images without any box. */
  readonly withoutBoxes: number;
  readonly splits: Readonly<Record<string, number>>;
  readonly categories: readonly string[];
  /** Files written beside the manifest. */
  readonly beside: readonly string[];
  readonly notes: readonly string[];
}

/** Nothing is written when anything in the set is wrong. */
export async function importDataset(
  dataset: Dataset,
  root: string,
  out: string,
  options: RowOptions = {},
): Promise<ImportSummary> {
  await prepareOutputFile(out);
  if (!(await isFolder(root))) throw wrongRoot(dataset, root, 'it is not a folder.');
  const { rows, images, split, content } = await datasetRows(dataset, root, options);
  const folder = path.dirname(path.resolve(out));
  const relative = (file: string) => path.relative(folder, path.resolve(root, file)).split(path.sep).join('/');
  await writeManifest(
    out,
    rows.map((row) => ({
      ...row,
      image: relative(row.image),
      mask: row.mask === null ? null : relative(row.mask),
      exemplars: row.exemplars.map(relative),
    })),
  );
  const beside: string[] = [];
  if (split !== null) {
    await writeSplit(splitFile(out), split);
    beside.push(splitFile(out));
  }
  const records = images.flatMap(({ image, category, label, mmad }, at) =>
    mmad === undefined
      ? []
      : [
          {
            id: rows[at]!.id,
            key: image,
            category,
            label,
            ...mmad,
            similarTemplates: mmad.similarTemplates.map(relative),
            randomTemplates: mmad.randomTemplates.map(relative),
          },
        ],
  );
  if (records.length > 0) {
    await writeMmadQuestions(questionsFile(out), records);
    beside.push(questionsFile(out));
  }
  if (content.knowledge !== undefined) {
    const file = out.replace(/(\.jsonl)?$/, '.knowledge.json');
    await writing(file, () => writeFile(file, `${JSON.stringify(content.knowledge, null, 1)}\n`));
    beside.push(file);
  }
  const count = (name: string) => rows.filter((row) => row.label === name || row.split === name).length;
  return {
    manifest: out,
    sha256: sha256Hex(await readFile(out)),
    rows: rows.length,
    normal: count('normal'),
    anomalous: count('anomalous'),
    withoutBoxes: rows.filter((row) => row.label === 'anomalous' && row.boxes.length === 0).length,
    splits: { train: count('train'), validation: count('validation'), test: count('test') },
    categories: [...new Set(rows.map(({ category }) => category))],
    beside,
    notes: content.notes ?? [],
  };
}
