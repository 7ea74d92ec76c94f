/** Whether a recipe's thresholds may decide: only where it was validated, and for what it was validated with. */
import type { Calibration } from '../protocol/recipe.ts';
import { changesSince, staleReasons, type StaleChange } from '../validation/stale.ts';
import { validatedWith } from './recipeUse.ts';
import type { InspectionRequest } from './request.ts';

type Asked = Pick<
  InspectionRequest,
  'recipe' | 'category' | 'mode' | 'types' | 'thresholds' | 'library' | 'isValidation'
>;

/** Hashes of what is loaded. */
export interface Loaded {
  readonly modelSha256: string;
  /** Null: no feature tower. */
  readonly towerSha256: string | null;
}

/** Why the thresholds may not decide, in plain words to stand after "Sent to review:", or null. */
export function findDoubt(asked: Asked, loaded: Loaded): string | null {
  const { recipe, thresholds } = asked;
  if (asked.isValidation) return 'inspected for a validation';
  if (!recipe?.validation || recipe.category !== asked.category) return 'not validated on this kind of part';
  const { status, reasons } = recipe.validation;
  const changed = staleReasons(changesOf(asked, loaded));
  if (changed.length > 0) return `changed since its validation: ${changed.join(', ')}`;
  if (status === 'provisional') return `its validation is provisional: ${reasons.join('; ')}`;
  if (recipe.t1 !== thresholds.t1 || recipe.t2 !== thresholds.t2) return 'validated with other thresholds';
  return null;
}

/** The calibration of the recipe, where it holds: used as it was validated, whether that was enough or not. */
export function calibrationOf(asked: Asked, loaded: Loaded): Calibration | null {
  const { recipe } = asked;
  if (asked.isValidation || !recipe?.validation || recipe.category !== asked.category) return null;
  return changesOf(asked, loaded).length === 0 ? recipe.validation.calibration : null;
}

function changesOf(asked: Asked, loaded: Loaded): readonly StaleChange[] {
  return changesSince(asked.recipe!.validation!, validatedWith(asked, loaded));
}
