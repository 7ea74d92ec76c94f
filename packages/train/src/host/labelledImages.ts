/**
 * Labelled images of one kind of part from disk, for validation: a manifest, or a folder whose sub-folders tell good from
 * bad. What folders and label files say is told by the same rules as in the studio (`@agentiad/core/layouts`).
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { WindowLevel } from '@agentiad/core/image/windowLevel.ts';
import { isManifest, readManifestRows, rolesOfRows, type LabelledRow } from '@agentiad/core/layouts/labelFile.ts';
import { groupRoles, type ImportGroup, type LabelConflict } from '@agentiad/core/layouts/importPlan.ts';
import { planImport } from '@agentiad/core/layouts/planImport.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Truth } from '@agentiad/core/validation/labelledScore.ts';
import { readManifest } from '../data/manifest.ts';
import { listFiles } from './exemplarFolder.ts';
import { fileUnreadable, readUserFile } from './files.ts';

export interface LabelledImage {
  readonly file: string;
  /** As told to people: relative to what was given. */
  readonly name: string;
  readonly truth: Truth;
  /** How the image, of more than 8 bits, was reduced when it was labelled. */
  readonly windowLevel?: WindowLevel;
}

export interface LabelledImages {
  readonly images: readonly LabelledImage[];
  /** Images that were not taken, with the reason in plain words. */
  readonly leftOut: readonly { readonly name: string; readonly reason: string }[];
}

/** Layouts that keep good parts for comparing apart from those under test. */
const SPLIT_LAYOUTS: readonly string[] = [
  'manifest',
  'visa',
  'deep-pcb',
  'mvtec-ad',
  'mvtec-loco',
  'mvtec-ad-2',
  'tree',
];

/** Images of `category`, or of the only kind there is. Throws a UserError when nothing tells good from bad. */
export async function readLabelledImages(given: string, category: string): Promise<LabelledImages> {
  const found = await stat(given).catch((error: NodeJS.ErrnoException) => {
    throw fileUnreadable(given, error);
  });
  return found.isDirectory() ? fromFolder(given, category) : fromManifest(given, category);
}

async function fromFolder(root: string, category: string): Promise<LabelledImages> {
  const read = async (file: string) => new TextDecoder().decode(await readUserFile(path.join(root, file)));
  const files = await listFiles(root);
  const { layout, groups, conflicts, missing } = await planImport(files, read);
  const hasSplit = layout !== null && SPLIT_LAYOUTS.includes(layout);
  const isSorted = hasSplit || layout === 'kinds' || groups.some(({ role }) => role === 'labelled');
  if (!isSorted) {
    throw new UserError({
      code: 'labels-missing',
      subject: root,
      reason: layout === null ? 'it holds no image.' : 'nothing tells its good parts from its bad ones.',
      remedy: 'Put good parts into a folder "good" and bad ones into another, or give a manifest.jsonl.',
    });
  }
  const gone = missing.map((name) => ({ name, reason: 'is named by the label file and is not there' }));
  const rows: LabelledRow[] = [];
  for (const file of layout === 'manifest' ? files : [])
    if (isManifest(file)) rows.push(...readManifestRows(await read(file), file));
  const resolve = (inside: string) => path.join(root, inside);
  return taken({ root, category, groups, conflicts, hasSplit, resolve, gone, windows: windowsOf(rows) });
}

async function fromManifest(file: string, category: string): Promise<LabelledImages> {
  const { rows, resolve } = await readManifest(file);
  const root = path.dirname(file);
  const listed = rows.map((row, index) => ({
    path: row.image,
    line: index + 1,
    category: row.category,
    label: row.label,
    type: row.type,
    isTraining: row.split === 'train',
    mask: null,
    exemplars: [],
    ...(row.windowLevel && { windowLevel: row.windowLevel }),
  }));
  const { roles, conflicts } = rolesOfRows(
    listed,
    path.basename(file),
    listed.map((row) => row.path),
  );
  return taken({
    root,
    category,
    groups: groupRoles(roles),
    conflicts,
    hasSplit: true,
    resolve,
    gone: [],
    windows: windowsOf(listed),
  });
}

function taken(found: {
  readonly root: string;
  readonly category: string;
  readonly groups: readonly ImportGroup[];
  readonly conflicts: readonly LabelConflict[];
  /** Good parts outside the tests are for comparing. */
  readonly hasSplit: boolean;
  readonly resolve: (name: string) => string;
  readonly gone: LabelledImages['leftOut'];
  readonly windows: ReadonlyMap<string, WindowLevel>;
}): LabelledImages {
  const { root, category, groups, conflicts, hasSplit, resolve, gone, windows } = found;
  const known = groups.flatMap(
    ({ paths, ...group }): { category: string | null; truth: Truth; paths: typeof paths }[] => {
      if (group.role === 'labelled') return [{ category: group.category, truth: group.truth, paths }];
      return group.role === 'good' && !hasSplit ? [{ category: group.category, truth: 'normal', paths }] : [];
    },
  );
  const names = [...new Set(known.map((group) => group.category))];
  const isOurs = (name: string | null) => name === category || names.length === 1;
  if (!names.includes(category) && names.length > 1) {
    throw new UserError({
      code: 'category-unknown',
      subject: root,
      reason: `it holds labelled images of several kinds of part, and none of "${category}".`,
      remedy: `Give the folder of one of them: ${names.map((name) => name ?? 'no name').join(', ')}.`,
    });
  }
  const imageOf = (name: string, truth: Truth): LabelledImage => {
    const windowLevel = windows.get(name);
    return { name, file: resolve(name), truth, ...(windowLevel && { windowLevel }) };
  };
  const images = known.flatMap((group) =>
    isOurs(group.category) ? group.paths.map((name) => imageOf(name, group.truth)) : [],
  );
  const refused = conflicts.map(({ path: name, label, labelFile, line }) => ({
    name,
    reason: `is ${label} by ${labelFile} line ${line}, and its folder says otherwise`,
  }));
  return { images, leftOut: [...refused, ...gone] };
}

function windowsOf(rows: readonly LabelledRow[]): ReadonlyMap<string, WindowLevel> {
  return new Map(rows.flatMap((row) => (row.windowLevel ? [[row.path, row.windowLevel] as const] : [])));
}
