/** Tests only: a validated recipe that fits the scripted inspection of `testing.ts`. */
import { testRecipe } from '../protocol/testRecipe.ts';
import type { Recipe, RecipeValidation } from '../protocol/recipe.ts';
import { rateOf } from '../validation/binomial.ts';
import { validatedWith } from './recipeUse.ts';
import { MODEL_SHA256, testRequest } from './testing.ts';

export const TOWER = { id: 'tower', sha256: 'f'.repeat(64) };

/** For washers; `change` is there when it was validated. */
export function washerRecipe(change: Partial<Recipe> = {}, validation: Partial<RecipeValidation> = {}): Recipe {
  const recipe: Recipe = {
    ...testRecipe,
    id: 'washers',
    version: 3,
    name: 'Washers, front',
    category: 'washer',
    types: testRequest.types,
    ...testRequest.thresholds,
    exemplarSha256: testRequest.library!.exemplars.map(({ sha256 }) => sha256),
    ...change,
  };
  return {
    ...recipe,
    validation: {
      date: '2026-01-01T00:00:00.000Z',
      n: 50,
      good: 25,
      bad: 25,
      status: 'validated',
      reasons: [],
      with: validatedWith(
        { ...testRequest, recipe, mode: recipe.mode },
        { modelSha256: MODEL_SHA256, towerSha256: TOWER.sha256 },
      ),
      modelSha256: MODEL_SHA256,
      stale: false,
      escape: rateOf(0, 25),
      overkill: rateOf(0, 25),
      review: rateOf(0, 50),
      auroc: { value: 1, low: 1, high: 1 },
      libraryMatchAuroc: null,
      calibration: null,
      costRatio: 10,
      ...validation,
    },
  };
}
