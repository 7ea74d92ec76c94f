/**
 * The official MMAD questions of an imported manifest, in a file of their own beside it: one line per image, joined to
 * the manifest by `id`. They are for scoring alone and never part of an inspection's prompt: the options differ with
 * the label (agent-spec §7.3). Layout of the source: agent-spec §6.2.
 */
import { readFile } from 'node:fs/promises';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Label } from './labelledCase.ts';
import { writeLines } from './jsonLines.ts';

export const MMAD_DATASETS = ['DS-MVTec', 'MVTec-LOCO', 'VisA', 'GoodsAD'] as const;
export type MmadDataset = (typeof MMAD_DATASETS)[number];

/** `type` as written in mmad.json. MMAD reports `Object Structure` and `Object Details` together as `Object Analysis`. */
export const MMAD_QUESTION_TYPES = [
  'Anomaly Detection',
  'Defect Classification',
  'Defect Localization',
  'Defect Description',
  'Defect Analysis',
  'Object Classification',
  'Object Structure',
  'Object Details',
] as const;
export type MmadQuestionType = (typeof MMAD_QUESTION_TYPES)[number];

export interface MmadQuestion {
  readonly type: MmadQuestionType;
  readonly question: string;
  /** Letter to text, in the order of the file. */
  readonly options: Readonly<Record<string, string>>;
  /** A letter of `options`. */
  readonly answer: string;
}

export interface MmadRecord {
  /** The manifest row's `id`. */
  readonly id: string;
  /** Key in mmad.json, as `DS-MVTec/bottle/image/broken_large/000.png`. */
  readonly key: string;
  readonly dataset: MmadDataset;
  readonly category: string;
  /** MMAD's own rule: normal if and only if the key holds a folder `good`. */
  readonly label: Label;
  /** Empty for the few images without any. */
  readonly questions: readonly MmadQuestion[];
  /** Normal training images, nearest first, and at random; paths relative to this file. */
  readonly similarTemplates: readonly string[];
  readonly randomTemplates: readonly string[];
}

/** `sets/mmad.jsonl` -> `sets/mmad.questions.jsonl`. */
export function questionsFile(manifestFile: string): string {
  return manifestFile.replace(/(\.jsonl)?$/, '.questions.jsonl');
}

export async function writeMmadQuestions(file: string, records: readonly MmadRecord[]): Promise<void> {
  await writeLines(file, records);
}

/** Throws a UserError for a file that is not there, or a line that is not a record. */
export async function readMmadQuestions(file: string): Promise<MmadRecord[]> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalid(file, 'the file cannot be read.', cause);
  });
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    let value: Partial<MmadRecord> | null;
    try {
      value = JSON.parse(line) as Partial<MmadRecord> | null;
    } catch (cause) {
      throw invalid(`${file} line ${at + 1}`, 'the line is not JSON.', cause);
    }
    if (typeof value?.id === 'string' && Array.isArray(value.questions)) return [value as MmadRecord];
    throw invalid(`${file} line ${at + 1}`, 'the line has no "id" or no "questions".');
  });
}

function invalid(subject: string, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'mmad-questions',
    subject,
    reason,
    remedy: 'Make it with `agentiad data import --dataset mmad`.',
    cause,
  });
}
