/** Recipes with every version, and their validations with what came of each image. */
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { changeAll, type Use } from './open.ts';
import { changesOfRun, RUN_STORES } from './runs.ts';
import type { OutcomeRecord, RunRecord, ValidationRecord } from './schema.ts';
import { packTrace, type StoredRun } from './tracePacking.ts';

export interface RecipeStorage {
  listRecipes(): Promise<Recipe[]>;
  /** Stores the recipe as the newest, and its version among the versions, in one transaction. */
  putRecipe(recipe: Recipe): Promise<void>;
  /**
   * Removes the recipe, also from the kinds of part that use it. Its versions and validations stay until they are
   * cleaned up: old verdicts name them, and `putRecipe` brings all back.
   */
  deleteRecipe(id: string): Promise<void>;
  /** Oldest first. */
  listRecipeVersions(id: string): Promise<Recipe[]>;
  putValidation(validation: ValidationRecord): Promise<void>;
  /** Validations that a newer one of their recipe took the place of, or whose recipe is gone. */
  listOldValidations(): Promise<ValidationRecord[]>;
  /** Newest first. */
  listValidations(recipeId: string): Promise<ValidationRecord[]>;
  /** Stores what came of one image, with the run and its trace when they are given, in one transaction. */
  putOutcome(outcome: OutcomeRecord, run?: RunRecord, stored?: StoredRun): Promise<void>;
  listOutcomes(validationId: string): Promise<OutcomeRecord[]>;
  /** Removes a validation, its outcomes and their runs, except runs that somebody decided on or corrected. */
  deleteValidation(id: string): Promise<void>;
}

export function createRecipeStorage(use: Use): RecipeStorage {
  return {
    listRecipes: () => use((db) => db.getAll('recipes')),
    putRecipe: (recipe) =>
      use((db) =>
        changeAll(db, ['recipes', 'recipeVersions'], (tx) => [
          () => tx.objectStore('recipes').put(recipe),
          () => tx.objectStore('recipeVersions').put(recipe),
        ]),
      ),
    deleteRecipe: (id) =>
      use((db) =>
        changeAll(db, ['recipes', 'categories'], async (tx) => {
          const categories = await tx.objectStore('categories').getAll();
          const using = categories.filter(({ recipeId }) => recipeId === id);
          return [
            () => tx.objectStore('recipes').delete(id),
            ...using.map((category) => () => tx.objectStore('categories').put({ ...category, recipeId: null })),
          ];
        }),
      ),
    listRecipeVersions: (id) => use((db) => db.getAll('recipeVersions', versionsOf(id))),
    putValidation: (validation) => use(async (db) => void (await db.put('validations', validation))),
    listValidations: (recipeId) =>
      use(async (db) =>
        (await db.getAllFromIndex('validations', 'recipe', recipeId)).sort((a, b) =>
          b.created.localeCompare(a.created),
        ),
      ),
    putOutcome: (outcome, run, stored) => {
      const packed = run && stored && packTrace(run.id, stored);
      return use((db) =>
        changeAll(db, [...RUN_STORES, 'outcomes'], (tx) => [
          ...(run && packed ? changesOfRun(tx, run, packed) : []),
          () => tx.objectStore('outcomes').put(outcome),
        ]),
      );
    },
    listOldValidations: () =>
      use(async (db) => {
        const tx = db.transaction(['validations', 'recipes']);
        const all = await tx.objectStore('validations').getAll();
        const recipes = await tx.objectStore('recipes').getAllKeys();
        const newest = new Map<string, string>();
        for (const { recipe, created, status } of all)
          if (status === 'complete' && created > (newest.get(recipe.id) ?? '')) newest.set(recipe.id, created);
        return all.filter(
          ({ recipe, created }) => !recipes.includes(recipe.id) || created < (newest.get(recipe.id) ?? ''),
        );
      }),
    listOutcomes: (validationId) => use((db) => db.getAllFromIndex('outcomes', 'validationId', validationId)),
    deleteValidation: (id) =>
      use((db) =>
        changeAll(db, ['validations', 'outcomes', 'runs', 'traces', 'decisions', 'corrections'], async (tx) => {
          const outcomes = await tx.objectStore('outcomes').index('validationId').getAll(id);
          const decided = await tx.objectStore('decisions').getAllKeys();
          const corrected = await tx.objectStore('corrections').getAllKeys();
          const wanted = new Set([...decided, ...corrected]);
          const runs = outcomes.map(({ runId }) => runId).filter((runId) => !wanted.has(runId));
          return [
            () => tx.objectStore('validations').delete(id),
            ...outcomes.map(
              ({ sha256 }) =>
                () =>
                  tx.objectStore('outcomes').delete([id, sha256]),
            ),
            ...runs.map((runId) => () => tx.objectStore('runs').delete(runId)),
            ...runs.map((runId) => () => tx.objectStore('traces').delete(runId)),
          ];
        }),
      ),
  };
}

/** Keys of all versions of a recipe. */
function versionsOf(id: string): IDBKeyRange {
  return IDBKeyRange.bound([id, 0], [id, Infinity]);
}
