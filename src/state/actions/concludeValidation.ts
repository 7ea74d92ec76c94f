/** The end of a validation: what it was counted from is kept with it, and its figures go into the recipe. */
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { calibrate } from '@agentiad/core/validation/calibrate.ts';
import { DEFAULT_COSTS } from '@agentiad/core/validation/suggest.ts';
import { summariseValidation } from '@agentiad/core/validation/summarise.ts';
import type { LabelledRecord, ValidationRecord } from '../../storage/schema.ts';
import { guarded, type StudioContext } from '../context.ts';
import { withKey } from '../keyed.ts';
import { recipeById, recipeFor } from '../recipes.ts';
import { exemplarsOf } from '../studioState.ts';
import { casesOf, missingOf, testable, type ValidationSoFar } from '../validations.ts';
import { keepWaiting } from './keepRecipe.ts';
import { keepValidation } from './recipes.ts';

/** Writes what came of it into the record and, once every image was inspected, into the recipe. */
export async function conclude(
  context: StudioContext,
  { id }: Recipe,
  { record, outcomes }: ValidationSoFar,
  inspected: readonly LabelledRecord[],
): Promise<void> {
  const { category } = record;
  const isComplete = missingOf(inspected, outcomes).length === 0;
  await keepWaiting(context);
  const state = context.store.getState();
  const recipe = recipeById(state, category, id);
  // Labels that were corrected meanwhile count as they are now.
  const { usable } = testable(state.labelled[category] ?? [], exemplarsOf(state, category));
  const images = usable.filter((one) => missingOf([one], outcomes).length === 0);
  const cases = casesOf(outcomes, images);
  if (!isComplete || cases.length === 0) return end({ ...record, status: isComplete ? 'complete' : 'stopped' });
  const [date, calibration] = [context.host.now().toISOString(), calibrate(cases)];
  const labels = images.map(({ sha256, truth }) => ({ sha256, truth }));
  await end({ ...record, status: 'complete', counted: { date, calibration, images: labels } });
  if (!recipe) return;
  const validation = summariseValidation({
    ...{ cases, calibration, date },
    thresholds: { t1: recipe.t1, t2: recipe.t2 },
    with: { ...record.with, triage: recipe.triage },
    costRatio: recipe.validation?.costRatio ?? DEFAULT_COSTS.costRatio,
  });
  await keepValidation(context, id, validation);

  async function end(ended: ValidationRecord): Promise<void> {
    await guarded(context, record.recipe.name, () => context.storage.putValidation(ended));
    showValidation(context, { record: ended, outcomes });
  }
}

/** On the page, unless another recipe was chosen meanwhile. */
export function showValidation({ store }: StudioContext, soFar: ValidationSoFar): ValidationSoFar {
  const { category, recipe } = soFar.record;
  if (recipeFor(store.getState(), category)?.id === recipe.id)
    store.setState(({ validations }) => ({ validations: withKey(validations, category, soFar) }));
  return soFar;
}
