/** A recipe with its good parts as one file: saved for the command or another computer, looked at and taken in again. */
import type { RecipeExemplar } from '@agentiad/core/protocol/recipeFile.ts';
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { guarded, readFile, type StudioContext } from '../context.ts';
import type { RecipeOffer } from '../recipeOffer.ts';
import { comparedWith, contentOf, recipesOf } from '../recipes.ts';
import { exemplarsOf } from '../studioState.ts';
import { setEnabled } from './exemplars.ts';
import { keepWaiting } from './keepRecipe.ts';
import { addExemplars, saveCategory } from './library.ts';
import { readModels } from './models.ts';
import { exemplarsSettled, withListsAsTheyAre } from './recipeExemplars.ts';
import { addRecipe, chooseRecipe, editRecipe, ensureRecipe, freeName } from './recipes.ts';
import { chooseCategory } from './settings.ts';
import { fileStem } from './traces.ts';

/** Reading and writing the file takes more code than the start of the page. */
const loadRecipeFile = () => import('@agentiad/core/protocol/recipeFile.ts');

export function isRecipeFile(file: File): boolean {
  return /\.agentiad-recipe$/i.test(file.name);
}

/** Saves the recipe in use for `category`, image files unchanged. */
export async function saveRecipeFile(context: StudioContext, category: string): Promise<void> {
  await guarded(context, category, async () => {
    await Promise.all([keepWaiting(context), exemplarsSettled(context)]);
    const recipe = await ensureRecipe(context, category);
    if (!recipe) return;
    const compared = comparedWith(exemplarsOf(context.store.getState(), category), recipe);
    const exemplars: RecipeExemplar[] = [];
    for (const { name, sha256 } of compared)
      exemplars.push({ name, sha256, bytes: await fileOf(context, name, sha256) });
    const { packRecipe } = await loadRecipeFile();
    const bytes = packRecipe({ ...recipe, exemplarSha256: compared.map(({ sha256 }) => sha256) }, exemplars);
    const name = `${fileStem(`${recipe.name}.x`)}-v${recipe.version}.agentiad-recipe`;
    context.host.saveFile(name, bytes as Uint8Array<ArrayBuffer>);
  });
}

async function fileOf(context: StudioContext, name: string, sha256: string): Promise<Uint8Array> {
  const found = await readFile(context, sha256);
  if (found) return new Uint8Array(found);
  throw new UserError({
    code: 'exemplar-missing',
    subject: name,
    reason: 'is no longer in this browser’s storage, so the recipe cannot be saved whole.',
    remedy: 'Remove it from the good parts, or add the file again.',
  });
}

/** Reads and checks a file and shows what taking it in would do; nothing is changed before that is confirmed. */
export async function openRecipeFile(context: StudioContext, file: File): Promise<void> {
  await guarded(context, file.name, async () => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    const { readRecipeFile } = await loadRecipeFile();
    const { recipe, exemplars } = readRecipeFile(bytes, file.name);
    if (recipe.modelSha256 !== null) void readModels(context);
    context.store.setState({ recipeOffer: { fileName: file.name, recipe, exemplars } });
  });
}

export function dropRecipeOffer({ store }: StudioContext): void {
  store.setState({ recipeOffer: null });
}

/**
 * Takes in the file that is offered. `as-is`: with its own id and version; `version`: what it says becomes the next
 * version of the recipe here; `copy`: beside it, under a new id.
 */
export async function takeRecipeOffer(context: StudioContext, how: 'as-is' | 'version' | 'copy'): Promise<void> {
  const { store, host } = context;
  const { recipeOffer: offer } = store.getState();
  if (!offer) return;
  dropRecipeOffer(context);
  await guarded(context, offer.fileName, async () => {
    const { recipe } = offer;
    await takeKind(context, offer);
    await withListsAsTheyAre(context, () => takeExemplars(context, offer));
    if (how === 'as-is') await addRecipe(context, recipe);
    if (how === 'version') {
      await chooseRecipe(context, recipe.category, recipe.id);
      await editRecipe(context, recipe.category, contentOf(recipe));
    }
    if (how === 'copy') {
      const taken = recipesOf(store.getState(), recipe.category).map(({ name }) => name);
      const name = taken.includes(recipe.name) ? freeName(recipe.name, taken) : recipe.name;
      const copy: Recipe = { ...recipe, id: host.newId(), version: 1, name, saved: host.now().toISOString() };
      await addRecipe(context, copy);
    }
    store.setState({ drawer: 'library', libraryTab: 'recipe' });
  });
}

/** The kind of part it is for, made when it is new; a recipe of its own that is in use here stays beside it. */
async function takeKind(context: StudioContext, { fileName, recipe }: RecipeOffer): Promise<void> {
  await keepWaiting(context);
  const known = context.store.getState().categories.find(({ name }) => name === recipe.category);
  const name = known ? known.name : await saveCategory(context, { name: recipe.category, types: recipe.types });
  if (name !== recipe.category)
    throw new UserError({
      code: 'recipe-unreadable',
      subject: fileName,
      reason: `its kind of part has a name that cannot be used here ("${recipe.category}").`,
      remedy: 'Save the recipe again in the studio.',
    });
  chooseCategory(context, name);
}

/** Good parts that are here are not added twice; those it compares with are switched on. */
async function takeExemplars(context: StudioContext, { recipe, exemplars }: RecipeOffer): Promise<void> {
  const { category } = recipe;
  const known = new Map(
    exemplarsOf(context.store.getState(), category).map((exemplar) => [exemplar.sha256, exemplar] as const),
  );
  const listed = new Set(recipe.exemplarSha256);
  const files = exemplars
    .filter(({ sha256 }) => !known.has(sha256))
    .map(({ name, bytes }) => new File([bytes as Uint8Array<ArrayBuffer>], name));
  const off = [...known.values()].filter(({ sha256, enabled }) => listed.has(sha256) && !enabled);
  if (off.length > 0)
    await setEnabled(
      context,
      off.map(({ id }) => id),
      true,
    );
  await addExemplars(context, category, files);
}
