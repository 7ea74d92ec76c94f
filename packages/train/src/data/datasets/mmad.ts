/**
 * MMAD (Jiang et al., ICLR 2025): `mmad.json` keyed by image, over DS-MVTec, MVTec-LOCO, VisA and GoodsAD, with
 * questions, mask and normal templates (agent-spec §6.2), and `domain_knowledge.json` (§6.5). Data sets that were not
 * downloaded are left out. An image is normal if and only if its path holds a folder `good`.
 */
import path from 'node:path';
import { MMAD_DATASETS, MMAD_QUESTION_TYPES } from '../mmadQuestions.ts';
import type { MmadDataset, MmadQuestion, MmadQuestionType } from '../mmadQuestions.ts';
import { datasetConflict, wrongRoot } from './dataset.ts';
import type { Dataset, DatasetContent, DatasetImage } from './dataset.ts';
import { foldersIn, imagesIn, isFile, jsonOf } from './files.ts';

const TABLE = 'mmad.json';
const KNOWLEDGE = 'domain_knowledge.json';
/** VisA files every defect under this name: it says nothing about the kind. */
const UNNAMED = 'bad';

export const mmad: Dataset = {
  name: 'mmad',
  title: 'MMAD',
  layout: `${TABLE} beside ${MMAD_DATASETS.join(', ')} and MVTec-AD`,
  read: readMmad,
};

interface Entry {
  readonly mask_path?: string;
  readonly similar_templates?: readonly string[];
  readonly random_templates?: readonly string[];
  readonly [conversation: string]: unknown;
}

async function readMmad(root: string): Promise<DatasetContent> {
  const table = (await jsonOf(root, TABLE)) as Record<string, Entry> | null;
  if (table === null) throw wrongRoot(mmad, root, `there is no ${TABLE}.`);
  const present = await foldersIn(root);
  const notes: string[] = [];
  const images: DatasetImage[] = [];
  const absent = new Map<string, number>();
  for (const [key, entry] of Object.entries(table)) {
    const dataset = MMAD_DATASETS.find((name) => name === key.split('/')[0]);
    if (dataset === undefined) {
      throw datasetConflict(path.join(root, TABLE), `"${key}" is of no known data set.`, 'Download the file again.');
    }
    if (present.includes(dataset)) images.push(await readImage(root, dataset, key, entry, table, notes));
    else absent.set(dataset, (absent.get(dataset) ?? 0) + 1);
  }
  if (images.length === 0) throw wrongRoot(mmad, root, `none of ${MMAD_DATASETS.join(', ')} lies beside ${TABLE}.`);
  for (const [dataset, count] of absent) notes.push(`${dataset} is not there: ${count} images left out`);
  return { images, notes, knowledge: await readKnowledge(root, new Set(images.map(({ category }) => category))) };
}

async function readImage(
  root: string,
  dataset: MmadDataset,
  key: string,
  entry: Entry,
  table: Readonly<Record<string, Entry>>,
  notes: string[],
): Promise<DatasetImage> {
  const parts = key.split('/');
  const isNormal = parts.includes('good');
  const kind = parts.at(-2)!;
  const { similar_templates: similar = [], random_templates: random = [] } = entry;
  const leaked = [...similar, ...random].find((template) => template in table);
  if (leaked !== undefined) {
    throw datasetConflict(
      path.join(root, TABLE),
      `the template "${leaked}" of "${key}" is itself asked about.`,
      'Use the published file.',
    );
  }
  const mask = entry.mask_path ? await findMask(root, dataset, parts, entry.mask_path) : null;
  return {
    image: key,
    category: parts[1]!,
    label: isNormal ? 'normal' : 'anomalous',
    type: isNormal || kind === UNNAMED ? null : kind,
    masks: mask?.files ?? [],
    maskPlace: isNormal || mask === null ? null : mask.place,
    exemplars: similar,
    split: 'test',
    group: dataset === 'GoodsAD' ? `${parts[1]}/${parts.at(-1)!.slice(0, 3)}` : key,
    mmad: {
      dataset,
      questions: questionsOf(key, entry, notes),
      similarTemplates: similar,
      randomTemplates: random,
    },
  };
}

/** `mask_path` leaves out some of the image's first folders, how many depends on the data set. */
async function findMask(root: string, dataset: MmadDataset, parts: readonly string[], mask: string) {
  const places = [2, 1, 3, 0].map((count) => path.posix.join(...parts.slice(0, count), mask));
  for (const place of places) {
    if (!(await isFile(root, place))) continue;
    // LOCO draws every defect into a file of its own, side by side.
    return { place, files: dataset === 'MVTec-LOCO' ? await imagesIn(root, path.posix.dirname(place)) : [place] };
  }
  return { place: places[0]!, files: [] };
}

function questionsOf(key: string, entry: Entry, notes: string[]): MmadQuestion[] {
  const name = Object.keys(entry).find((field) => field.startsWith('conversation'));
  const conversation = name === undefined ? [] : entry[name];
  if (!Array.isArray(conversation)) return [];
  return conversation.flatMap((item: Record<string, unknown>, at): MmadQuestion[] => {
    const { Question: question, Answer: answer, Options: options, type } = item;
    const isKnown = (MMAD_QUESTION_TYPES as readonly unknown[]).includes(type);
    const hasAnswer =
      typeof answer === 'string' && typeof options === 'object' && options !== null && answer in options;
    if (typeof question === 'string' && isKnown && hasAnswer) {
      const texts = options as Record<string, string>;
      return [{ type: type as MmadQuestionType, question, options: texts, answer }];
    }
    notes.push(
      `${key}: question ${at + 1} left out, ${isKnown ? 'its answer is none of its options' : `its type is ${JSON.stringify(type)}`}`,
    );
    return [];
  });
}

async function readKnowledge(root: string, categories: ReadonlySet<string>): Promise<DatasetContent['knowledge']> {
  const byDataset = (await jsonOf(root, KNOWLEDGE)) as Record<string, Record<string, Record<string, string>>> | null;
  if (byDataset === null) return undefined;
  const all = Object.values(byDataset).flatMap((classes) => Object.entries(classes));
  return Object.fromEntries(all.filter(([category]) => categories.has(category)));
}
