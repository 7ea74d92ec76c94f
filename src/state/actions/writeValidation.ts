/** What a validation found, written into its recipe. */
import { DEFAULT_COSTS } from '@agentiad/core/validation/suggest.ts';
import { summariseValidation } from '@agentiad/core/validation/summarise.ts';
import type { StudioContext } from '../context.ts';
import { recipeById } from '../recipes.ts';
import { casesOf, validationOf, type ValidationSoFar } from '../validations.ts';
import { keepWaiting } from './keepRecipe.ts';
import { keepValidation } from './recipes.ts';

/** Figures of the validation that is shown, as they are at the recipe's thresholds and labels now. */
export async function writeValidation(context: StudioContext, category: string, costRatio?: number): Promise<void> {
  const found = validationOf(context.store.getState(), category);
  if (found) await writeFigures(context, found, costRatio);
}

/** Nothing is written while some images were not inspected: the figures of the last complete validation stay. */
export async function writeFigures(
  context: StudioContext,
  { record, outcomes }: ValidationSoFar,
  costRatio?: number,
): Promise<void> {
  await keepWaiting(context);
  const { labelled, recipes } = context.store.getState();
  const { category } = record;
  const recipe = recipeById({ recipes }, category, record.recipe.id);
  const cases = casesOf(outcomes, labelled[category] ?? []);
  if (record.status !== 'complete' || !recipe || cases.length === 0) return;
  const validation = summariseValidation({
    cases,
    thresholds: { t1: recipe.t1, t2: recipe.t2 },
    with: { ...record.with, triage: recipe.triage },
    date: context.host.now().toISOString(),
    costRatio: costRatio ?? recipe.validation?.costRatio ?? DEFAULT_COSTS.costRatio,
  });
  await keepValidation(context, recipe.id, validation);
}
