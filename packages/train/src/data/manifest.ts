/** `manifest.jsonl` (design §6): any labelled image set, one JSON object a line, paths relative to the file. */
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  MANIFEST_SPLITS,
  readManifestWindow,
  type ManifestBox,
  type ManifestRow,
  type ManifestSplit,
} from '@agentiad/core/protocol/manifest.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { writeLines } from './jsonLines.ts';
import type { LabelledBox } from './labelledCase.ts';

export interface Manifest {
  readonly file: string;
  readonly rows: readonly ManifestRow[];
  resolve(relative: string): string;
}

/** Reads and checks every row; errors name file and line. Boxes are checked against image sizes when images are opened. */
export async function readManifest(file: string): Promise<Manifest> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new UserError({
      code: 'manifest-unreadable',
      subject: file,
      reason: 'the file cannot be read.',
      remedy: 'Give the path of a manifest.jsonl.',
      cause,
    });
  });
  const folder = path.dirname(path.resolve(file));
  const resolve = (relative: string) => path.resolve(folder, relative);
  const rows: ManifestRow[] = [];
  const lineOfId = new Map<string, number>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const where = `${file} line ${at + 1}`;
    const row = parseRow(line, where);
    const first = lineOfId.get(row.id);
    if (first !== undefined) {
      throw invalid(where, `the id "${row.id}" was already used on line ${first}.`, 'Give every row its own id.');
    }
    lineOfId.set(row.id, at + 1);
    for (const wanted of [row.image, ...(row.mask === null ? [] : [row.mask]), ...row.exemplars]) {
      await access(resolve(wanted)).catch((cause: unknown) => {
        throw invalid(
          where,
          `the file "${wanted}" does not exist.`,
          'Paths are relative to the manifest; correct it or add the file.',
          cause,
        );
      });
    }
    rows.push(row);
  }
  if (rows.length === 0) throw invalid(file, 'there are no rows.', 'Write one JSON object per line.');
  return { file, rows, resolve };
}

export async function writeManifest(file: string, rows: readonly ManifestRow[]): Promise<void> {
  await writeLines(file, rows);
}

/** A box without a type of its own has the row's. */
export function boxesOf(row: ManifestRow): LabelledBox[] {
  return row.boxes.map(([x1, y1, x2, y2, type]) => ({ box: [x1, y1, x2, y2], type: type ?? row.type }));
}

/** Throws when a box leaves an image of this size. */
export function checkBoxes(row: ManifestRow, size: { width: number; height: number }, where: string): void {
  for (const [x1, y1, x2, y2] of row.boxes) {
    if (x1 < 0 || y1 < 0 || x2 > size.width || y2 > size.height) {
      throw invalid(
        where,
        `the box [${x1}, ${y1}, ${x2}, ${y2}] of "${row.id}" leaves the image, which is ${size.width} x ${size.height} pixels.`,
        'Boxes are [x1, y1, x2, y2] in pixels of the upright image.',
      );
    }
  }
}

function parseRow(line: string, where: string): ManifestRow {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw invalid(where, 'the line is not JSON.', 'Write one JSON object per line.', cause);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalid(where, 'the line is not a JSON object.', 'Write one JSON object per line.');
  }
  const fields = value as Record<string, unknown>;
  const text = (name: string): string => {
    const field = fields[name];
    if (typeof field === 'string' && field !== '') return field;
    throw invalid(where, `"${name}" is ${JSON.stringify(field) ?? 'missing'}.`, `Set "${name}" to a text.`);
  };
  const textOrNull = (name: string): string | null =>
    fields[name] === null || fields[name] === undefined ? null : text(name);
  const list = (name: string): unknown[] => {
    const field = fields[name] ?? [];
    if (Array.isArray(field)) return field;
    throw invalid(where, `"${name}" is not a list.`, `Set "${name}" to a list.`);
  };
  const windowLevel = fields['windowLevel'] === undefined ? undefined : readManifestWindow(fields['windowLevel']);
  if (windowLevel === null) {
    throw invalid(
      where,
      `"windowLevel" is ${JSON.stringify(fields['windowLevel'])}.`,
      'Write {"low": n, "high": m, "rule": "chosen"} with whole samples, the lower one first, or leave it out.',
    );
  }
  const label = text('label');
  if (label !== 'normal' && label !== 'anomalous') {
    throw invalid(where, `the label "${label}" is unknown.`, 'Use "normal" or "anomalous".');
  }
  const split = text('split');
  if (!(MANIFEST_SPLITS as readonly string[]).includes(split)) {
    throw invalid(where, `the split "${split}" is unknown.`, `Use one of ${MANIFEST_SPLITS.join(', ')}.`);
  }
  const row: ManifestRow = {
    id: text('id'),
    image: text('image'),
    category: text('category'),
    label,
    type: textOrNull('type'),
    boxes: list('boxes').map((box) => parseBox(box, where)),
    mask: textOrNull('mask'),
    exemplars: list('exemplars').map((entry) => {
      if (typeof entry === 'string') return entry;
      throw invalid(where, '"exemplars" holds something that is not a path.', 'List image paths.');
    }),
    split: split as ManifestSplit,
    ...(fields['source'] !== undefined && { source: text('source') }),
    ...(fields['group'] !== undefined && { group: text('group') }),
    ...(windowLevel && { windowLevel }),
  };
  if (label === 'normal' && (row.boxes.length > 0 || row.type !== null || row.mask !== null)) {
    throw invalid(
      where,
      `"${row.id}" is labelled normal but has a defect type, box or mask.`,
      'Remove them, or label it "anomalous".',
    );
  }
  return row;
}

function parseBox(value: unknown, where: string): ManifestBox {
  const isBox =
    Array.isArray(value) &&
    (value.length === 4 || (value.length === 5 && typeof value[4] === 'string')) &&
    value.slice(0, 4).every((v) => Number.isFinite(v)) &&
    value[0] < value[2] &&
    value[1] < value[3];
  if (isBox) return value as unknown as ManifestBox;
  throw invalid(
    where,
    `${JSON.stringify(value)} is not a box.`,
    'Write [x1, y1, x2, y2] or [x1, y1, x2, y2, "type"] with x1 < x2 and y1 < y2.',
  );
}

function invalid(subject: string, reason: string, remedy: string, cause?: unknown): UserError {
  return new UserError({ code: 'manifest-invalid', subject, reason, remedy, cause });
}
