/** What follows from recipes: which one a kind of part uses, what it amounts to now, whether its validation still holds. Pure. */
import { WHOLE_IMAGE } from '@agentiad/core/image/areas.ts';
import { MODES, type Mode } from '@agentiad/core/protocol/modes.ts';
import { DEFAULT_THRESHOLDS, type Recipe, type ValidatedWith } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import { MATCH_METHOD } from '@agentiad/core/tools/difference/options.ts';
import { changesSince, type StaleChange } from '@agentiad/core/validation/stale.ts';
import type { CategoryRecord, ExemplarRecord, RecipeReference } from '../storage/schema.ts';
import type { EngineStatus, StudioState } from './studioState.ts';

type Kinds = Pick<StudioState, 'categories' | 'recipes'>;

/** The recipe that new inspections of `category` are made with; null: none. */
export function recipeFor({ categories, recipes }: Kinds, category: string | null): Recipe | null {
  const id = categories.find(({ name }) => name === category)?.recipeId ?? null;
  return recipes.find((recipe) => recipe.id === id) ?? null;
}

/** A recipe of `category` by its id; null when there is none. */
export function recipeById(
  { recipes }: Pick<StudioState, 'recipes'>,
  category: string | null,
  id: string | null,
): Recipe | null {
  return recipes.find((recipe) => recipe.id === id && recipe.category === category) ?? null;
}

/** All recipes of a kind of part, by name. */
export function recipesOf({ recipes }: Pick<StudioState, 'recipes'>, category: string): readonly Recipe[] {
  return recipes
    .filter((recipe) => recipe.category === category)
    .sort((a, b) => a.name.localeCompare(b.name) || a.id.localeCompare(b.id));
}

export function referenceTo({ id, version, name }: Recipe): RecipeReference {
  return { id, version, name };
}

/** What may be changed of a recipe by hand; the rest is identity and what validation found. */
export type RecipeContent = Omit<Recipe, 'schema' | 'id' | 'version' | 'saved' | 'category' | 'validation'>;

export function contentOf(recipe: Recipe): RecipeContent {
  const { name, types, specification, areas, pixelCap, mode, tools, t1, t2, triage } = recipe;
  const { modelId, modelSha256, exemplarSha256, namePattern } = recipe;
  return {
    name,
    types,
    specification,
    areas,
    pixelCap,
    mode,
    tools,
    t1,
    t2,
    triage,
    modelId,
    modelSha256,
    exemplarSha256,
    namePattern,
  };
}

/** How inspections of a kind without a recipe are made: what its first recipe begins with. */
export function defaultContent(
  category: Pick<CategoryRecord, 'name' | 'types'>,
  thresholds: Thresholds = DEFAULT_THRESHOLDS,
  exemplars: readonly Pick<ExemplarRecord, 'sha256' | 'enabled'>[] = [],
  mode: Mode = 'full',
): RecipeContent {
  return {
    name: category.name,
    types: category.types,
    specification: '',
    areas: WHOLE_IMAGE,
    pixelCap: null,
    mode,
    tools: MODES[mode],
    t1: thresholds.t1,
    t2: thresholds.t2,
    triage: null,
    modelId: null,
    modelSha256: null,
    exemplarSha256: exemplars.filter(({ enabled }) => enabled).map(({ sha256 }) => sha256),
    namePattern: null,
  };
}

/** Parts of `exemplars` that an inspection with `recipe` compares with. */
export function comparedWith<T extends Pick<ExemplarRecord, 'sha256' | 'enabled'>>(
  exemplars: readonly T[],
  recipe: Pick<Recipe, 'exemplarSha256'> | null,
): readonly T[] {
  if (!recipe) return exemplars.filter(({ enabled }) => enabled);
  const listed = new Set(recipe.exemplarSha256);
  return exemplars.filter(({ enabled, sha256 }) => enabled && listed.has(sha256));
}

/** What an inspection with `recipe` would be made with now, as its validation writes it down; null before a model is there. */
export function validatedWith(
  state: Pick<StudioState, 'exemplars'>,
  recipe: Recipe,
  engine: EngineStatus,
): ValidatedWith | null {
  const loaded = loadedFor(engine);
  return loaded && usedWith(state, recipe, loaded);
}

type Loaded = Pick<ValidatedWith, 'modelSha256' | 'towerSha256'>;

function loadedFor(engine: EngineStatus): Loaded | null {
  if (engine.state !== 'ready') return null;
  return { modelSha256: engine.info.card.sha256, towerSha256: engine.info.towerSha256 };
}

function usedWith({ exemplars }: Pick<StudioState, 'exemplars'>, recipe: Recipe, loaded: Loaded): ValidatedWith {
  const { mode, tools, types, specification, areas, pixelCap, triage } = recipe;
  const own = exemplars.filter(({ category }) => category === recipe.category);
  const exemplarSha256 = comparedWith(own, recipe).map(({ sha256 }) => sha256);
  const made = { mode, tools, types, specification, areas, pixelCap, exemplarSha256, triage };
  return { ...loaded, matchMethod: MATCH_METHOD, ...made };
}

export type RecipeStanding =
  | { readonly state: 'unvalidated' }
  | { readonly state: 'provisional'; readonly reasons: readonly string[] }
  | { readonly state: 'stale'; readonly changes: readonly StaleChange[] }
  | { readonly state: 'validated' };

/** How far verdicts of `recipe` may be relied on with what is loaded now. */
export function standingOf(state: Pick<StudioState, 'exemplars' | 'engine'>, recipe: Recipe): RecipeStanding {
  const { validation } = recipe;
  if (!validation) return { state: 'unvalidated' };
  const { modelSha256, towerSha256 } = validation.with;
  const loaded = loadedFor(state.engine) ?? { modelSha256, towerSha256 };
  const changes = changesSince(validation, usedWith(state, recipe, loaded));
  if (changes.length > 0) return { state: 'stale', changes };
  if (validation.status === 'provisional') return { state: 'provisional', reasons: validation.reasons };
  return { state: 'validated' };
}

/** Where the recipe's model can be loaded from: `id` as `chooseModel` takes it; null: it is not here. */
export function findModel(
  { models }: Pick<StudioState, 'models'>,
  { modelId, modelSha256 }: Pick<Recipe, 'modelId' | 'modelSha256'>,
): { readonly id: string | null } | null {
  if (modelSha256 === null) return null;
  // A model of the store is named by the beginning of its hash.
  const isIt = ({ id }: { readonly id: string }) => modelSha256.startsWith(id);
  if (models.shipped && isIt(models.shipped)) return { id: null };
  const whole = models.stored?.filter(({ state }) => state === 'whole') ?? [];
  // A converted checkpoint is named by what it was made of: its own name then decides.
  const found = whole.find(isIt) ?? whole.find(({ kind, card }) => kind === 'checkpoint' && card.id === modelId);
  return found ? { id: found.id } : null;
}

/** The recipe's model is another than the loaded one; null: it is the loaded one, any will do, or none is loaded yet. */
export function otherModel(
  { engine }: Pick<StudioState, 'engine'>,
  { modelId, modelSha256 }: Pick<Recipe, 'modelId' | 'modelSha256'>,
): { readonly wanted: string; readonly loaded: string } | null {
  if (modelSha256 === null || engine.state !== 'ready' || engine.info.card.sha256 === modelSha256) return null;
  return { wanted: modelId ?? modelSha256.slice(0, 12), loaded: engine.info.card.name };
}
