/**
 * Known-good parts from disk (design §5): a folder in any layout that the studio imports (`@agentiad/core/layouts`).
 * Images are decoded when a tool asks for them.
 */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { planImport } from '@agentiad/core/layouts/planImport.ts';
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
    if (names.length === 1) return load(root, names[0]!, categories.get(names[0]!)!, window);
    throw new UserError({
      code: 'category-needed',
      subject: root,
      reason: 'it holds several categories.',
      remedy: `Choose one with --category: ${names.join(', ')}.`,
    });
  }
  const own = categories.get(category) ?? (names.length === 1 && categories.get(FLAT)) ?? null;
  if (own) return load(root, category, own, window);
  throw new UserError({
    code: 'category-unknown',
    subject: `Category "${category}"`,
    reason: `there is none of this name in ${root}.`,
    remedy: `Choose one of: ${names.join(', ')}.`,
  });
}

/** Key of images that lie directly in the folder, whose category only the user can name. */
const FLAT = '';

/** How deep a data set's images lie. */
const DEPTH = 6;

/** Files of good parts by category. */
async function findCategories(root: string): Promise<Map<string, readonly string[]>> {
  const read = async (file: string) => new TextDecoder().decode(await readUserFile(path.join(root, file)));
  const { layout, groups } = await planImport(await listFiles(root), read);
  const found = new Map<string, readonly string[]>();
  for (const group of groups.filter(({ role }) => role === 'good')) {
    const name = ('category' in group ? group.category : null) ?? (layout === 'flat' ? FLAT : folderName(root));
    found.set(name, group.paths);
  }
  return found;
}

/** Paths in `folder` and below, relative to `root`, with forward slashes. */
export async function listFiles(root: string, folder = '', depth = DEPTH): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await list(path.join(root, folder))) {
    const inside = path.posix.join(folder, entry.name);
    if (entry.isFile()) found.push(inside);
    else if (entry.isDirectory() && depth > 0 && !entry.name.startsWith('.') && entry.name !== 'node_modules')
      found.push(...(await listFiles(root, inside, depth - 1)));
  }
  return found;
}

async function load(
  root: string,
  category: string,
  files: readonly string[],
  window: WindowChoice,
): Promise<ExemplarSet> {
  const exemplars: Exemplar[] = [];
  for (const inside of files.toSorted()) {
    const file = path.join(root, inside);
    const decode = async () => decodeImage(await readUserFile(file), file, window);
    const { sha256, raster } = await decode();
    // An exact duplicate adds nothing but would make every calibration look perfect.
    if (exemplars.some((exemplar) => exemplar.sha256 === sha256)) continue;
    const { width, height } = raster;
    const name = path.posix.basename(inside);
    exemplars.push({ id: inside, name, sha256, width, height, load: async () => (await decode()).raster });
  }
  return { category: category === FLAT ? folderName(root) : category, exemplars };
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
