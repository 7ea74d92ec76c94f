/**
 * Label files: our `manifest.jsonl` and VisA's `split_csv/1cls.csv`. They say more than folders; where they contradict a
 * folder's name, the image is left out and named.
 */
import type { WindowLevel } from '../image/windowLevel.ts';
import { readManifestWindow } from '../protocol/manifest.ts';
import { UserError } from '../support/userError.ts';
import type { FileRole, LabelConflict } from './importPlan.ts';
import { folderOf, foldersOf, isBadFolder, isGoodFolder, splitOf } from './paths.ts';

/** An image as a label file lists it. */
export interface LabelledRow {
  /** As the list of files has it. */
  readonly path: string;
  readonly line: number;
  readonly category: string;
  readonly label: 'normal' | 'anomalous';
  readonly type: string | null;
  readonly isTraining: boolean;
  readonly mask: string | null;
  /** Good parts that the row names for comparing. */
  readonly exemplars: readonly string[];
  /** How the image, of more than 8 bits, was reduced when it was labelled. */
  readonly windowLevel?: WindowLevel;
}

export const isManifest = (path: string) => /(^|\/)manifest\.jsonl$/i.test(path);
export const isVisaSplit = (path: string) => /(^|\/)split_csv\/1cls\.csv$/i.test(path);

/** Throws a UserError `labels-unreadable` naming the line. */
export function readManifestRows(text: string, file: string): LabelledRow[] {
  const inFolder = (path: string) => resolvePath(folderOf(file), path);
  return linesOf(text).map(([line, at]) => {
    const row = parseObject(line, file, at);
    const { image, category, label, type, split, mask, exemplars } = row;
    if (typeof image !== 'string' || (label !== 'normal' && label !== 'anomalous'))
      throw unreadable(file, at, 'a row needs "image" and "label": "normal" or "anomalous"');
    const windowLevel = readManifestWindow(row['windowLevel']);
    return {
      path: inFolder(image),
      line: at,
      category: typeof category === 'string' && category !== '' ? category : 'part',
      label,
      type: typeof type === 'string' ? type : null,
      isTraining: split === 'train',
      mask: typeof mask === 'string' ? inFolder(mask) : null,
      exemplars: (Array.isArray(exemplars) ? exemplars : [])
        .filter((path): path is string => typeof path === 'string')
        .map(inFolder),
      ...(windowLevel && { windowLevel }),
    };
  });
}

/** Columns `object,split,label,image,mask`; paths are relative to the folder around `split_csv`. */
export function readVisaRows(text: string, file: string): LabelledRow[] {
  const root = folderOf(folderOf(file));
  const [header, ...lines] = linesOf(text);
  const columns = header?.[0].split(',').map((name) => name.trim().toLowerCase()) ?? [];
  const missing = ['object', 'split', 'label', 'image'].find((name) => !columns.includes(name));
  if (missing !== undefined) throw unreadable(file, header?.[1] ?? 1, `the column "${missing}" is missing`);
  return lines.map(([line, at]) => {
    const cells = line.split(',');
    const cell = (name: string) => cells[columns.indexOf(name)]?.trim() ?? '';
    if (cell('image') === '') throw unreadable(file, at, 'the row names no image');
    return {
      path: resolvePath(root, cell('image')),
      line: at,
      category: cell('object'),
      label: cell('label').toLowerCase() === 'normal' ? 'normal' : 'anomalous',
      type: null,
      isTraining: cell('split').toLowerCase() === 'train',
      mask: cell('mask') === '' ? null : resolvePath(root, cell('mask')),
      exemplars: [],
    };
  });
}

/** What the rows make of the images; `paths` are those there are. */
export function rolesOfRows(rows: readonly LabelledRow[], file: string, paths: readonly string[]) {
  const there = new Set(paths);
  const roles = new Map<string, FileRole>();
  const conflicts: LabelConflict[] = [];
  const tested = new Set(rows.filter((row) => !row.isTraining).map(({ path }) => path));
  for (const { exemplars, category } of rows)
    for (const path of exemplars) if (!tested.has(path)) roles.set(path, { role: 'good', category });
  for (const { mask } of rows) if (mask !== null) roles.set(mask, { role: 'skipped', reason: 'mask' });
  for (const { path, line, category, label, type, isTraining } of rows) {
    const told = truthOfFolder(path);
    if (told !== null && told !== label) {
      conflicts.push({ path, label, labelFile: file, line });
      roles.set(path, { role: 'skipped', reason: 'conflict' });
    } else if (label === 'normal' && isTraining) roles.set(path, { role: 'good', category });
    else roles.set(path, { role: 'labelled', category, truth: label, type });
  }
  const missing = rows.map(({ path }) => path).filter((path) => !there.has(path));
  for (const path of roles.keys()) if (!there.has(path)) roles.delete(path);
  return { roles, conflicts: conflicts.filter(({ path }) => there.has(path)), missing };
}

/** What the folder's name says of an image in it; null: nothing. */
function truthOfFolder(path: string): 'normal' | 'anomalous' | null {
  const folders = foldersOf(path);
  const name = folders.at(-1) ?? '';
  if (isGoodFolder(name)) return 'normal';
  if (isBadFolder(name)) return 'anomalous';
  // A kind of defect inside a test folder.
  return splitOf(folders.at(-2) ?? '') === 'test' ? 'anomalous' : null;
}

function linesOf(text: string): [line: string, at: number][] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line, index): [string, number] => [line, index + 1])
    .filter(([line]) => line.trim() !== '');
}

function parseObject(line: string, file: string, at: number): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw unreadable(file, at, 'it is not JSON', cause);
  }
  throw unreadable(file, at, 'it is not a JSON object');
}

/** `path` seen from `folder`, without `.` and `..`. */
function resolvePath(folder: string, path: string): string {
  const parts: string[] = [];
  for (const part of [...folder.split('/'), ...path.replaceAll('\\', '/').split('/')]) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

function unreadable(file: string, line: number, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'labels-unreadable',
    subject: file,
    reason: `line ${line}: ${reason}.`,
    remedy: 'Correct the line, or take the label file out of the folder: then the names of the folders decide.',
    cause,
  });
}
