/**
 * A recipe and its exemplars as one file, `*.agentiad-recipe`: a zip of `recipe.json` and `exemplars/<SHA-256>/<name>`, the
 * image files unchanged. The studio and the command read and write it; a bare `recipe.json` is read too.
 */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import type { UnzipFileInfo, Zippable } from 'fflate';
import { sha256Hex } from '../support/hash.ts';
import { parseJsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import { parseRecipe } from './parseRecipe.ts';
import { plainName } from './plainName.ts';
import type { Recipe } from './recipe.ts';

export interface RecipeExemplar {
  readonly name: string;
  /** SHA-256 of the image file. */
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

export interface RecipeFileContent {
  readonly recipe: Recipe;
  /** In the order of the recipe; empty for a bare recipe. */
  readonly exemplars: readonly RecipeExemplar[];
}

const RECIPE = 'recipe.json';
const EXEMPLAR = /^exemplars\/([0-9a-f]{64})\/([^/\\]+)$/;
/** What one recipe may unpack to: as large as a browser holds in one piece, and no more than images can shrink. */
const MOST_BYTES = 2 ** 31;
const MOST_RECIPE_BYTES = 16 * 2 ** 20;
const MOST_SHRINKING = 200;
const SHRINKING_FREE = 64 * 2 ** 20;

/** Same recipe and exemplars, same bytes. Throws a UserError (`exemplar-missing`) when a listed exemplar is not given. */
export function packRecipe(recipe: Recipe, exemplars: readonly RecipeExemplar[]): Uint8Array {
  const files: Zippable = { [RECIPE]: [strToU8(`${JSON.stringify(recipe, null, 2)}\n`), { level: 6 }] };
  for (const { sha256, name, bytes } of inOrder(recipe, exemplars, recipe.name))
    files[`exemplars/${sha256}/${plainName(name)}`] = [bytes, { level: 0 }];
  // A local date: fflate writes local time.
  return zipSync(files, { mtime: new Date(1980, 0, 1) });
}

/**
 * Reads the file `name`. Throws a UserError: `recipe-newer`, `recipe-unreadable` (not a recipe, a foreign or damaged zip),
 * `recipe-too-large`, `recipe-hostile` (paths that lead elsewhere), `recipe-damaged` (an image is not what was saved),
 * `recipe-inspects-nothing`, `exemplar-missing`.
 */
export function readRecipeFile(bytes: Uint8Array, name: string): RecipeFileContent {
  if (!isZip(bytes)) return { recipe: parseRecipe(readJson(bytes, name), name), exemplars: [] };
  const files = unzip(bytes, name);
  const json = files[RECIPE];
  if (!json) throw unreadable(name, `it is a zip file without ${RECIPE}.`);
  const recipe = parseRecipe(readJson(json, name), name);
  const exemplars = Object.entries(files).flatMap(([path, content]): RecipeExemplar[] => {
    const [, sha256, image] = EXEMPLAR.exec(path) ?? [];
    if (!sha256 || !image) return [];
    if (sha256Hex(content) === sha256) return [{ sha256, name: image, bytes: content }];
    throw new UserError({
      code: 'recipe-damaged',
      subject: name,
      reason: `the image "${image}" is not what was saved: its content does not fit its SHA-256.`,
      remedy: 'Save the recipe again in the studio, and copy the file whole.',
    });
  });
  return { recipe, exemplars: inOrder(recipe, exemplars, name) };
}

function inOrder(
  { exemplarSha256 }: Recipe,
  given: readonly RecipeExemplar[],
  subject: string,
): readonly RecipeExemplar[] {
  const byHash = new Map(given.map((exemplar) => [exemplar.sha256, exemplar]));
  const missing = exemplarSha256.filter((sha256) => !byHash.has(sha256));
  if (missing.length === 0) return exemplarSha256.map((sha256) => byHash.get(sha256)!);
  throw new UserError({
    code: 'exemplar-missing',
    subject,
    reason: `${missing.length} of its ${exemplarSha256.length} known-good parts are missing (${missing[0]!.slice(0, 12)}…).`,
    remedy: 'Save the recipe again in a studio that has them all.',
  });
}

/** Nothing is unpacked before every entry was looked at, and none to more than it declares. */
function unzip(bytes: Uint8Array, name: string): Record<string, Uint8Array> {
  const seen = new Set<string>();
  let total = 0;
  const look = (entry: UnzipFileInfo): boolean => {
    checkPath(entry.name, name);
    if (seen.has(entry.name)) throw hostile(name, `it holds "${entry.name}" twice`);
    seen.add(entry.name);
    if (entry.name !== RECIPE && !EXEMPLAR.test(entry.name)) return false;
    // Entries may overlap, and what is only stored is as long as it lies there, whatever it declares.
    const size = Math.max(entry.originalSize, entry.size);
    total += size;
    const most = Math.min(MOST_BYTES, SHRINKING_FREE + MOST_SHRINKING * bytes.length);
    if (total > most || (entry.name === RECIPE && size > MOST_RECIPE_BYTES)) {
      throw new UserError({
        code: 'recipe-too-large',
        subject: name,
        reason: `it would unpack to more than ${Math.round((entry.name === RECIPE ? MOST_RECIPE_BYTES : most) / 2 ** 20)} MiB.`,
        remedy: 'Use a recipe with fewer or smaller known-good parts, saved by the studio.',
      });
    }
    return true;
  };
  try {
    unzipSync(bytes, { filter: (entry) => look(entry) && false });
    return unzipSync(bytes, { filter: ({ name: path }) => path === RECIPE || EXEMPLAR.test(path) });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw unreadable(name, 'it is a damaged zip file.', error);
  }
}

function checkPath(path: string, name: string): void {
  const parts = path.split(/[\\/]/);
  const leads = path.startsWith('/') || path.includes('\\') || /^[a-z]:/i.test(path) || parts.includes('..');
  if (leads || path.includes('\0')) throw hostile(name, `its entry "${path}" leads out of the file`);
}

function hostile(name: string, reason: string): UserError {
  return new UserError({
    code: 'recipe-hostile',
    subject: name,
    reason: `${reason}; no recipe of the studio does.`,
    remedy: 'Do not use this file; get the recipe from somebody you trust.',
  });
}

function readJson(bytes: Uint8Array, name: string): unknown {
  try {
    return parseJsonObject(bytes, name);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw unreadable(name, error.reason, error);
  }
}

function unreadable(name: string, reason: string, cause?: unknown): UserError {
  return new UserError({
    code: 'recipe-unreadable',
    subject: name,
    reason,
    remedy: 'Give a recipe file of the studio.',
    cause,
  });
}

function isZip(bytes: Uint8Array): boolean {
  return strFromU8(bytes.subarray(0, 4), true).startsWith('PK');
}
