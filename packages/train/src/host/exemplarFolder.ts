/**
 * Known-good parts from disk (design §5): a flat folder of images, one sub-folder per category, or an MVTec tree
 * (`train/good`). Images are decoded when a tool asks for them.
 */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { DEFAULT_WINDOW, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Exemplar, ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { decodeImage } from './decodeImage.ts';
import { readUserFile } from './files.ts';

export const IMAGE_NAME = /\.(png|jpe?g|webp|bmp|gif|avif|tiff?)$/i;

/**
 * Which known-good parts `--library DIR [--category C]` means; an empty set when there are none at all. Throws a
 * UserError naming what there is instead. `window` reduces images of more than 8 bits.
 */
export async function readExemplarFolder(
  root: string,
  category: string | null,
  window: WindowChoice = DEFAULT_WINDOW,
): Promise<ExemplarSet> {
  const categories = await findCategories(root);
  const names = [...categories.keys()];
  if (names.length === 0) return { category: category ?? folderName(root), exemplars: [] };
  if (category === null) {
    if (names.length === 1) return load(names[0]!, categories.get(names[0]!)!, window);
    throw new UserError({
      code: 'category-needed',
      subject: root,
      reason: 'it holds several categories.',
      remedy: `Choose one with --category: ${names.join(', ')}.`,
    });
  }
  const own = categories.get(category) ?? (names.length === 1 && categories.get(FLAT)) ?? null;
  if (own) return load(category, own, window);
  throw new UserError({
    code: 'category-unknown',
    subject: `Category "${category}"`,
    reason: `there is none of this name in ${root}.`,
    remedy: `Choose one of: ${names.join(', ')}.`,
  });
}

/** Key of images that lie directly in the folder, whose category only the user can name. */
const FLAT = '';

/** Folder of images by category. */
async function findCategories(root: string): Promise<Map<string, string>> {
  const entries = await list(root);
  const found = new Map<string, string>();
  const trainGood = path.join(root, 'train', 'good');
  if (await isFolder(trainGood)) return found.set(folderName(root), trainGood);
  if (entries.some((entry) => entry.isFile() && IMAGE_NAME.test(entry.name))) return found.set(FLAT, root);
  for (const entry of entries.filter((candidate) => candidate.isDirectory())) {
    const folder = path.join(root, entry.name);
    const good = path.join(folder, 'train', 'good');
    if (await isFolder(good)) found.set(entry.name, good);
    else if ((await list(folder)).some(({ name }) => IMAGE_NAME.test(name))) found.set(entry.name, folder);
  }
  return found;
}

async function load(category: string, folder: string, window: WindowChoice): Promise<ExemplarSet> {
  const names = (await readdir(folder)).filter((name) => IMAGE_NAME.test(name)).toSorted();
  const exemplars: Exemplar[] = [];
  for (const name of names) {
    const file = path.join(folder, name);
    const decode = async () => decodeImage(await readUserFile(file), file, window);
    const { sha256, raster } = await decode();
    // An exact duplicate adds nothing but would make every calibration look perfect.
    if (exemplars.some((exemplar) => exemplar.sha256 === sha256)) continue;
    const { width, height } = raster;
    exemplars.push({ id: name, name, sha256, width, height, load: async () => (await decode()).raster });
  }
  return { category: category === FLAT ? folderName(folder) : category, exemplars };
}

function folderName(folder: string): string {
  return path.basename(path.resolve(folder));
}

async function list(folder: string) {
  try {
    return (await readdir(folder, { withFileTypes: true })).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new UserError({
      code: 'folder-unreadable',
      subject: folder,
      reason: 'this folder cannot be read.',
      remedy: 'Check the path and its permissions.',
      cause: error,
    });
  }
}

async function isFolder(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  return found?.isDirectory() ?? false;
}
