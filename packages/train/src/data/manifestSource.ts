/** Labelled cases from any manifest. Rows without own exemplars take good training images of their category. */
import { windowOfGoodParts } from '@agentiad/core/image/windowLevel.ts';
import type { Exemplar } from '@agentiad/core/tools/exemplars.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';
import { exemplarFromFile, readImage, readImageSize } from './imageFile.ts';
import type { LabelledCase } from './labelledCase.ts';
import { boxesOf, checkBoxes, readManifest } from './manifest.ts';
import type { Manifest } from './manifest.ts';
import type { ManifestRow, ManifestSplit } from '@agentiad/core/protocol/manifest.ts';
import { shuffled } from './split.ts';

export interface ManifestSourceOptions {
  /** Keep only these splits / categories; default: all. */
  readonly splits?: readonly ManifestSplit[];
  readonly categories?: readonly string[];
  /** How many exemplars a row without its own list gets; default 5. */
  readonly exemplarCount?: number;
  readonly seed?: number;
  /** At most so many rows, drawn by seed, of each label half as far as there are. */
  readonly limit?: number;
}

export async function manifestCases(file: string, options: ManifestSourceOptions = {}): Promise<LabelledCase[]> {
  return casesOf(await readManifest(file), options);
}

/** The cases of rows that are at hand. */
export async function casesOf(manifest: Manifest, options: ManifestSourceOptions = {}): Promise<LabelledCase[]> {
  const { file } = manifest;
  const rows = drawRows(chooseRows(manifest, options), options);
  const openExemplar = exemplarOpener(manifest);
  const types = typesByCategory(manifest);
  return Promise.all(
    rows.map(async (row) => {
      const image = manifest.resolve(row.image);
      if (row.boxes.length > 0) checkBoxes(row, await readImageSize(image), file);
      const chosen = exemplarsOf(manifest, row, options);
      return {
        id: row.id,
        source: row.source ?? row.category,
        category: row.category,
        group: row.group ?? row.id,
        types: types.get(row.category)!,
        label: row.label,
        type: row.type,
        boxes: boxesOf(row),
        part: () => readImage(image, row.windowLevel),
        exemplars: {
          category: row.category,
          exemplars: await Promise.all(chosen.map((name) => openExemplar(name, row))),
        },
      };
    }),
  );
}

/** The rows of the wanted splits and categories; throws a UserError when there are none. */
export function chooseRows(manifest: Manifest, { splits, categories }: ManifestSourceOptions): ManifestRow[] {
  const rows = manifest.rows.filter(
    (row) => (splits?.includes(row.split) ?? true) && (categories?.includes(row.category) ?? true),
  );
  if (rows.length > 0) return rows;
  throw new UserError({
    code: 'manifest-empty',
    subject: manifest.file,
    reason: 'no row has the wanted split and category.',
    remedy: `Categories: ${[...new Set(manifest.rows.map((row) => row.category))].join(', ')}.`,
  });
}

function drawRows(rows: readonly ManifestRow[], { limit = rows.length, seed = 0 }: ManifestSourceOptions) {
  if (rows.length <= limit) return rows;
  const drawn = shuffled(rows, createRandom(mixSeed('rows', seed)));
  const anomalous = drawn.filter(({ label }) => label === 'anomalous');
  const normal = drawn.filter(({ label }) => label === 'normal');
  const half = Math.max(Math.floor(limit / 2), limit - normal.length);
  const chosen = new Set([...anomalous.slice(0, half), ...normal].slice(0, limit));
  return drawn.filter((row) => chosen.has(row));
}

/** Opens each exemplar file once for every way of reducing it: as the part of the row that it is compared with. */
export function exemplarOpener(manifest: Manifest): (relative: string, row: ManifestRow) => Promise<Exemplar> {
  const files = new Map<string, Promise<Exemplar>>();
  return (relative, { windowLevel }) => {
    const window = windowOfGoodParts(windowLevel ?? null);
    const key = JSON.stringify([relative, window]);
    const opened = files.get(key) ?? exemplarFromFile(manifest.resolve(relative), window);
    files.set(key, opened);
    return opened;
  };
}

/** One candidate list per category: every type that occurs in it, sorted. */
export function typesByCategory(manifest: Manifest): Map<string, readonly string[]> {
  const sets = new Map<string, Set<string>>();
  for (const row of manifest.rows) {
    const set = sets.get(row.category) ?? new Set<string>();
    sets.set(row.category, set);
    for (const type of [row.type, ...row.boxes.map((box) => box[4] ?? null)]) if (type !== null) set.add(type);
  }
  return new Map([...sets].map(([category, set]) => [category, [...set].sort()]));
}

/** The row's own exemplars, or good training images of its category other than itself. */
export function exemplarsOf(manifest: Manifest, row: ManifestRow, options: ManifestSourceOptions): readonly string[] {
  if (row.exemplars.length > 0) return row.exemplars;
  const good = manifest.rows
    .filter((other) => other.category === row.category && other.split === 'train' && other.label === 'normal')
    .map((other) => other.image)
    .filter((image) => image !== row.image);
  const random = createRandom(mixSeed('exemplars', options.seed ?? 0, row.category, row.id));
  return shuffled(good, random).slice(0, options.exemplarCount ?? 5);
}
