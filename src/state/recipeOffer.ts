/** What taking in a recipe file would do, before it is done. Pure. */
import type { RecipeExemplar } from '@agentiad/core/protocol/recipeFile.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { contentOf, findModel, otherModel } from './recipes.ts';
import { exemplarsOf, type StudioState } from './studioState.ts';

/** A file that was opened and read without fault. */
export interface RecipeOffer {
  readonly fileName: string;
  readonly recipe: Recipe;
  readonly exemplars: readonly RecipeExemplar[];
}

/**
 * How its recipe stands to those here: none of its id (`new`); the same (`same`); later than the one here (`later`); a
 * version that the one here came from (`earlier`), or that says something else under the same number (`conflict`).
 */
export type RecipeClash = 'new' | 'same' | 'later' | 'earlier' | 'conflict';

export interface RecipePlan {
  readonly isNewKind: boolean;
  readonly clash: RecipeClash;
  /** Version of the recipe of its id here; null: there is none. */
  readonly versionHere: number | null;
  readonly exemplars: { readonly added: number; readonly known: number; readonly switchedOn: number };
  /** Of its exemplars, how many images the file leaves out and are not here either. */
  readonly missing: number;
  readonly model: 'any' | 'loaded' | 'stored' | 'missing';
}

type Here = Pick<StudioState, 'categories' | 'recipes' | 'exemplars' | 'engine' | 'models'>;

/** `versions`: those stored of the file's recipe. */
export function planOf(state: Here, { recipe, exemplars }: RecipeOffer, versions: readonly Recipe[]): RecipePlan {
  const here = state.recipes.find(({ id }) => id === recipe.id) ?? null;
  const known = new Map(exemplarsOf(state, recipe.category).map((exemplar) => [exemplar.sha256, exemplar]));
  const carried = new Set(exemplars.map(({ sha256 }) => sha256));
  const listed = recipe.exemplarSha256;
  return {
    isNewKind: !state.categories.some(({ name }) => name === recipe.category),
    clash: clashOf(recipe, here, versions),
    versionHere: here?.version ?? null,
    exemplars: {
      added: listed.filter((sha256) => !known.has(sha256) && carried.has(sha256)).length,
      known: listed.filter((sha256) => known.has(sha256)).length,
      switchedOn: listed.filter((sha256) => known.get(sha256)?.enabled === false).length,
    },
    missing: listed.filter((sha256) => !known.has(sha256) && !carried.has(sha256)).length,
    model: modelOf(state, recipe),
  };
}

function clashOf(recipe: Recipe, here: Recipe | null, versions: readonly Recipe[]): RecipeClash {
  if (!here) return 'new';
  if (here.category !== recipe.category) return 'conflict';
  const sameNumber =
    here.version === recipe.version ? here : versions.find(({ version }) => version === recipe.version);
  if (!sameNumber) return recipe.version > here.version ? 'later' : 'conflict';
  if (!isSame(sameNumber, recipe)) return 'conflict';
  return sameNumber.version === here.version ? 'same' : 'earlier';
}

/** Says the same, whatever validations found meanwhile. */
function isSame(a: Recipe, b: Recipe): boolean {
  return JSON.stringify(contentOf(a)) === JSON.stringify(contentOf(b));
}

function modelOf(state: Here, recipe: Recipe): RecipePlan['model'] {
  if (recipe.modelSha256 === null) return 'any';
  if (otherModel(state, recipe) === null && state.engine.state === 'ready') return 'loaded';
  return findModel(state, recipe) === null ? 'missing' : 'stored';
}
