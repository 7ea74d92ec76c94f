/** Recipes from disk (design §6): a recipe file of the studio with its exemplars, or a bare `recipe.json`. */
import { DEFAULT_WINDOW, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import { readRecipeFile, type RecipeFileContent } from '@agentiad/core/protocol/recipeFile.ts';
import type { Exemplar, ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import { decodeImage } from './decodeImage.ts';
import { readUserFile } from './files.ts';

/** Throws a UserError when it cannot be read or is no recipe (see `readRecipeFile`). */
export async function openRecipeFile(file: string): Promise<RecipeFileContent> {
  return readRecipeFile(await readUserFile(file), file);
}

/** The exemplars that travel with a recipe; null where it is bare. Each is decoded once to know that it can be. */
export async function exemplarsOf(
  { recipe, exemplars }: RecipeFileContent,
  window: WindowChoice = DEFAULT_WINDOW,
): Promise<ExemplarSet | null> {
  if (exemplars.length === 0) return null;
  const set: Exemplar[] = [];
  for (const { name, sha256, bytes } of exemplars) {
    const load = async () => (await decodeImage(bytes, `${name} in ${recipe.name}`, window)).raster;
    const { width, height } = await load();
    set.push({ id: sha256, name, sha256, width, height, load });
  }
  return { category: recipe.category, exemplars: set };
}
