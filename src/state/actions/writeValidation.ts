/** Figures of a validation in its recipe: counted again from what was measured, or marked when the labels are others now. */
import { guarded, type StudioContext } from '../context.ts';
import { recipeFor, recipesOf } from '../recipes.ts';
import { isLabelledOtherwise, recounted, validationOf } from '../validations.ts';
import { keepWaiting } from './keepRecipe.ts';
import { countedValidation, keepValidation } from './recipes.ts';

/**
 * Counts the validation that is shown again, at the recipe's thresholds and with its fast path as they are now. Nothing is
 * written while some images were not inspected: the figures of the last complete validation stay.
 */
export async function writeValidation(context: StudioContext, category: string, costRatio?: number): Promise<void> {
  await keepWaiting(context);
  const state = context.store.getState();
  const [found, recipe] = [validationOf(state, category), recipeFor(state, category)];
  const validation = found && recipe && recounted(recipe, found, { costRatio, triage: recipe.triage });
  if (recipe && validation) await keepValidation(context, recipe.id, validation);
}

/** Call when labelled images of `category` were removed, put back or labelled otherwise: what was measured stays, and is marked. */
export async function noteLabels(context: StudioContext, category: string): Promise<void> {
  await keepWaiting(context);
  for (const { id } of recipesOf(context.store.getState(), category))
    await guarded(context, category, async () => {
      const labelled = await context.storage.listLabelled(category);
      const recipe = context.store.getState().recipes.find((known) => known.id === id);
      const found = recipe?.validation && (await countedValidation(context, recipe));
      if (!found || !recipe?.validation) return;
      const labelledChanged = isLabelledOtherwise(found, recipe, labelled);
      if (labelledChanged === (recipe.validation.labelledChanged ?? false)) return;
      await keepValidation(context, id, { ...recipe.validation, labelledChanged });
    });
}
