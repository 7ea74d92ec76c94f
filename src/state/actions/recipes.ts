/**
 * Recipes are kept as they are changed, each change as one more version; the versions before stay. What is typed counts
 * as one change until there is a pause. A kind of part gets its recipe with the first thing that is changed of it.
 */
import { MODES } from '@agentiad/core/protocol/modes.ts';
import type { Recipe, RecipeValidation } from '@agentiad/core/protocol/recipe.ts';
import { refusalOfAreas } from '@agentiad/core/protocol/recipeAreas.ts';
import { staleChanges } from '@agentiad/core/validation/stale.ts';
import { problemOf } from '../../runtime/messages.ts';
import { addNotice, guarded, type StudioContext } from '../context.ts';
import { contentOf, defaultContent, recipeFor, recipesOf, type RecipeContent } from '../recipes.ts';
import type { Change } from '../change.ts';
import { exemplarsOf } from '../studioState.ts';
import { settingOf } from '../thresholds.ts';
import { isCounted, recounted, type ValidationSoFar } from '../validations.ts';
import { keepSoon, keepRecipe, keepWaiting, waitingRecipe } from './keepRecipe.ts';

export type RecipeChange = Partial<RecipeContent>;

/** The recipe in use for `category`, made as version 1 when there is none; null when there is no such kind of part. */
export async function ensureRecipe(context: StudioContext, category: string): Promise<Recipe | null> {
  const known = recipeFor(context.store.getState(), category);
  if (known) return known;
  const recipe = firstRecipe(context, category);
  if (!recipe) return null;
  remember(context, null, recipe);
  await addRecipe(context, recipe);
  return recipe;
}

/**
 * Changes the recipe in use for `category`; areas that would leave nothing to inspect are refused. `typing`: more may follow at once; it is stored after a pause, before the
 * next inspection or when the page is left.
 */
export async function editRecipe(
  context: StudioContext,
  category: string,
  change: RecipeChange,
  { typing = false }: { readonly typing?: boolean } = {},
): Promise<void> {
  const { store } = context;
  const before = recipeFor(store.getState(), category);
  const refused = change.areas && refusalOfAreas(change.areas, before?.name ?? category);
  if (refused) return addNotice(context, problemOf(refused, category));
  if (!before) {
    const first = firstRecipe(context, category);
    if (!first) return;
    const recipe = tidied({ ...first, ...change });
    remember(context, null, recipe);
    return addRecipe(context, recipe, { typing });
  }
  if (isNothing(before, change)) return;
  const waiting = waitingRecipe(context, before.id);
  if (waiting && !typing) await keepWaiting(context);
  const latest = recipeFor(store.getState(), category) ?? before;
  const isSameBurst = typing && waiting !== null;
  const after = changed(context, latest, change, isSameBurst ? latest.version : latest.version + 1);
  if (isSameBurst) amendLast(context, after);
  else remember(context, latest, after);
  show(context, after);
  if (typing) return keepSoon(context, after);
  await keepRecipe(context, after);
  await keepTypes(context, category);
  if (change.t1 !== undefined || change.t2 !== undefined) await recountRates(context, after);
}

/** The figures of the validation at other thresholds: from what came of each image then, without asking the model. */
async function recountRates(context: StudioContext, { id, name }: Recipe): Promise<void> {
  const recipe = () => context.store.getState().recipes.find((known) => known.id === id);
  const before = recipe();
  if (!before?.validation) return;
  const found = await guarded(context, name, () => countedValidation(context, before));
  const now = recipe();
  const validation = found && now && recounted(now, found);
  if (validation) await keepValidation(context, id, validation);
}

/** The stored validation that the recipe's figures are those of; null: there is none here. */
export async function countedValidation({ storage }: StudioContext, recipe: Recipe): Promise<ValidationSoFar | null> {
  for (const record of await storage.listValidations(recipe.id)) {
    const found = { record, outcomes: await storage.listOutcomes(record.id) };
    if (isCounted(recipe, found)) return found;
  }
  return null;
}

/** A copy under a name of its own, used from now on; nothing of it is validated yet. */
export async function duplicateRecipe(context: StudioContext, id: string): Promise<void> {
  await keepWaiting(context);
  const { store, host } = context;
  const original = store.getState().recipes.find((recipe) => recipe.id === id);
  if (!original) return;
  const name = freeName(
    original.name,
    recipesOf(store.getState(), original.category).map((recipe) => recipe.name),
  );
  const saved = host.now().toISOString();
  const copy: Recipe = { ...original, id: host.newId(), version: 1, name, saved, validation: null };
  remember(context, null, copy);
  await addRecipe(context, copy);
}

/** Takes up again what version `version` said, as the newest version. */
export async function restoreVersion(context: StudioContext, id: string, version: number): Promise<void> {
  await keepWaiting(context);
  const { store } = context;
  const newest = store.getState().recipes.find((recipe) => recipe.id === id);
  if (!newest) return;
  const versions = await guarded(context, newest.name, () => context.storage.listRecipeVersions(id));
  const old = versions?.find((other) => other.version === version);
  if (!old) return;
  const after = backTo(context, newest, old);
  remember(context, newest, after);
  await showAndKeep(context, after);
}

/** The recipe that new inspections of `category` are made with; null: none. */
export async function chooseRecipe(context: StudioContext, category: string, id: string | null): Promise<void> {
  await keepWaiting(context);
  await putInUse(context, category, id);
}

/** Shown at once, then stored. */
async function putInUse(context: StudioContext, category: string, id: string | null): Promise<void> {
  const { store, storage } = context;
  const known = store.getState().categories.find(({ name }) => name === category);
  if (!known || known.recipeId === id) return;
  const chosen = { ...known, recipeId: id };
  store.setState(({ categories }) => ({ categories: categories.map((other) => (other === known ? chosen : other)) }));
  await guarded(context, category, () => storage.putCategory(chosen));
  await keepTypes(context, category);
}

/** Can be undone. Its versions stay stored: old verdicts name them. */
export async function deleteRecipe(context: StudioContext, id: string): Promise<void> {
  await keepWaiting(context);
  const recipe = context.store.getState().recipes.find((known) => known.id === id);
  if (!recipe) return;
  remember(context, recipe, null);
  await removeRecipe(context, recipe);
}

/** What validation found; the version stays. A recipe that was changed meanwhile keeps it as stale. */
export async function keepValidation(context: StudioContext, id: string, validation: RecipeValidation): Promise<void> {
  await keepWaiting(context);
  const recipe = context.store.getState().recipes.find((known) => known.id === id);
  if (!recipe) return;
  const after = { ...recipe, validation: { ...validation, stale: isStale(recipe, validation) } };
  show(context, after);
  await keepRecipe(context, after);
}

/** Undo and redo: the recipe is again as it was on that side, as a version of its own. */
export async function applyRecipeChange(
  context: StudioContext,
  change: Extract<Change, { kind: 'recipe' }>,
  side: 'before' | 'after',
): Promise<void> {
  await keepWaiting(context);
  const wanted = change[side];
  const id = (change.before ?? change.after)!.id;
  const newest = context.store.getState().recipes.find((recipe) => recipe.id === id);
  if (!wanted) return newest && removeRecipe(context, newest);
  if (!newest) return addRecipe(context, wanted);
  await showAndKeep(context, backTo(context, newest, wanted));
}

function firstRecipe({ store, host }: StudioContext, name: string): Recipe | null {
  const state = store.getState();
  const category = state.categories.find((known) => known.name === name);
  if (!category) return null;
  return {
    schema: 'agentiad-recipe/1',
    id: host.newId(),
    version: 1,
    saved: host.now().toISOString(),
    category: name,
    ...defaultContent(category, settingOf(state, name), exemplarsOf(state, name), state.mode ?? undefined),
    validation: null,
  };
}

/** Puts a recipe among the others and makes it the one in use, at once; `typing` as in `editRecipe`. */
export async function addRecipe(
  context: StudioContext,
  recipe: Recipe,
  { typing = false }: { readonly typing?: boolean } = {},
): Promise<void> {
  show(context, recipe);
  const chosen = putInUse(context, recipe.category, recipe.id);
  if (typing) keepSoon(context, recipe);
  else await keepRecipe(context, recipe);
  await chosen;
}

async function removeRecipe(context: StudioContext, { id, name, category }: Recipe): Promise<void> {
  const { store, storage } = context;
  store.setState(({ recipes, categories }) => ({
    recipes: recipes.filter((recipe) => recipe.id !== id),
    categories: categories.map((known) => (known.recipeId === id ? { ...known, recipeId: null } : known)),
  }));
  await guarded(context, name, () => storage.deleteRecipe(id));
  // Another recipe of the kind, where there is one, takes its place.
  const [next] = recipesOf(store.getState(), category);
  if (next) await chooseRecipe(context, category, next.id);
}

function show({ store }: StudioContext, recipe: Recipe): void {
  store.setState(({ recipes }) => ({ recipes: [...recipes.filter(({ id }) => id !== recipe.id), recipe] }));
}

/** Also what follows from a version that says something else: the kind's defect types, figures at its thresholds. */
async function showAndKeep(context: StudioContext, recipe: Recipe): Promise<void> {
  show(context, recipe);
  await keepRecipe(context, recipe);
  await keepTypes(context, recipe.category);
  await recountRates(context, recipe);
}

/** The kind of part asks about the same defects as its recipe, also once it has none. */
async function keepTypes(context: StudioContext, name: string): Promise<void> {
  const { store, storage } = context;
  const types = recipeFor(store.getState(), name)?.types;
  const known = store.getState().categories.find((category) => category.name === name);
  if (!types || !known || known.types.join('\n') === types.join('\n')) return;
  const category = { ...known, types };
  store.setState(({ categories }) => ({
    categories: categories.map((other) => (other.name === name ? category : other)),
  }));
  await guarded(context, name, () => storage.putCategory(category));
}

function changed({ host }: StudioContext, recipe: Recipe, change: RecipeChange, version: number): Recipe {
  const saved = host.now().toISOString();
  const after = tidied({ ...recipe, ...change, version, saved });
  return after.validation
    ? { ...after, validation: { ...after.validation, stale: isStale(after, after.validation) } }
    : after;
}

/** Of an old version, good parts that are gone since, or switched off, are left out. */
function backTo(context: StudioContext, newest: Recipe, old: Recipe): Recipe {
  const here = new Set(
    exemplarsOf(context.store.getState(), newest.category).flatMap(({ enabled, sha256 }) => (enabled ? [sha256] : [])),
  );
  const exemplarSha256 = old.exemplarSha256.filter((sha256) => here.has(sha256));
  return changed(context, newest, { ...contentOf(old), exemplarSha256 }, newest.version + 1);
}

/** Only tools of the mode; a fast path needs Library match. */
function tidied(recipe: Recipe): Recipe {
  const tools = MODES[recipe.mode].filter((tool) => recipe.tools.includes(tool));
  return { ...recipe, tools, triage: tools.some((tool) => tool === 'difference') ? recipe.triage : null };
}

function isStale(recipe: Recipe, validation: RecipeValidation): boolean {
  const { modelSha256, towerSha256, matchMethod } = validation.with;
  const { mode, tools, types, specification, areas, pixelCap, exemplarSha256, triage } = recipe;
  const model = recipe.modelSha256 ?? modelSha256;
  const now = { mode, tools, types, specification, areas, pixelCap, exemplarSha256, triage };
  const changes = staleChanges(validation.with, { ...now, modelSha256: model, towerSha256, matchMethod });
  return changes.length > 0 || validation.labelledChanged === true;
}

function isNothing(recipe: Recipe, change: RecipeChange): boolean {
  return Object.entries(change).every(
    ([key, value]) => JSON.stringify(value) === JSON.stringify(recipe[key as keyof RecipeChange]),
  );
}

/** The first of "name 2", "name 3" and so on that is not taken. */
export function freeName(name: string, taken: readonly string[]): string {
  const stem = name.replace(/ \d+$/, '');
  for (let n = 2; ; n++) if (!taken.includes(`${stem} ${n}`)) return `${stem} ${n}`;
}

function remember({ store }: StudioContext, before: Recipe | null, after: Recipe | null): void {
  store.setState(({ changes }) => ({
    changes: { done: [...changes.done, { kind: 'recipe', before, after }], undone: [] },
  }));
}

/** What is typed on is still the same change. */
function amendLast({ store }: StudioContext, after: Recipe): void {
  store.setState(({ changes }) => {
    const last = changes.done.findLastIndex((change) => change.kind === 'recipe' && change.after?.id === after.id);
    return {
      changes: {
        ...changes,
        done: changes.done.map((change, index) =>
          index === last && change.kind === 'recipe' ? { ...change, after } : change,
        ),
      },
    };
  });
}
