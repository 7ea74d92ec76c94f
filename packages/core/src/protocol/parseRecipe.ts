/** Recipes from outside: checked, and those of earlier versions filled in. */
import { WHOLE_IMAGE } from '../image/areas.ts';
import type { JsonObject } from '../support/json.ts';
import { isJsonObject } from '../support/json.ts';
import { UserError } from '../support/userError.ts';
import type { Mode } from './modes.ts';
import { MODES } from './modes.ts';
import { readNamePattern } from './namePattern.ts';
import type { Calibration, Recipe } from './recipe.ts';
import { refusalOfAreas } from './recipeAreas.ts';
import { checkDocument } from './schema.ts';

const KIND = 'agentiad-recipe/';
const VERSION = 1;
/** When nothing says when a recipe was saved. */
const LONG_AGO = '1970-01-01T00:00:00.000Z';

/** The recipe that `value` from the file `name` is. Throws a UserError (`recipe-newer`, `recipe-unreadable`, `recipe-inspects-nothing`). */
export function parseRecipe(value: unknown, name: string): Recipe {
  const refuse = (reason: string) =>
    new UserError({ code: 'recipe-unreadable', subject: name, reason, remedy: 'Give a recipe file of the studio.' });
  if (!isJsonObject(value)) throw refuse('it is not a recipe.');
  const schema = value['schema'];
  if (typeof schema === 'string' && schema.startsWith(KIND) && Number(schema.slice(KIND.length)) > VERSION) {
    throw new UserError({
      code: 'recipe-newer',
      subject: name,
      reason: `it was made by a newer version of the studio (${schema}; this one reads ${KIND}${VERSION}).`,
      remedy: 'Update the studio, or save the recipe with the version in use here.',
    });
  }
  const checked = checkDocument('recipe', filledIn(value));
  if (!checked.ok) throw refuse(`it is not a recipe: ${checked.problems.join('; ')}.`);
  const recipe = checked.value;
  if (recipe.t1 > recipe.t2) throw refuse(`t1 (${recipe.t1}) is above t2 (${recipe.t2}).`);
  if (recipe.triage && recipe.triage.low > recipe.triage.high)
    throw refuse(`the fast path's low (${recipe.triage.low}) is above its high (${recipe.triage.high}).`);
  const foreign = recipe.tools.find((tool) => !MODES[recipe.mode].some((own) => own === tool));
  if (foreign) throw refuse(`the mode ${recipe.mode} has no tool ${foreign}.`);
  if (recipe.triage && !recipe.tools.includes('difference'))
    throw refuse('its fast path needs the tool difference, which it does not allow.');
  const calibration = recipe.validation?.calibration;
  if (calibration && !isRising(calibration))
    throw refuse('its calibration falls where the score grows, or its lists do not fit.');
  const blind = refusalOfAreas(recipe.areas, name);
  if (blind) throw blind;
  if (recipe.namePattern !== null) checkPattern(recipe.namePattern, refuse);
  return recipe;
}

/** As `calibrate` makes them: any other would turn verdicts around, or give none. */
function isRising(calibration: Calibration): boolean {
  if (calibration.kind === 'platt') return calibration.slope > 0;
  const { scores, values } = calibration;
  return (
    scores.length === values.length &&
    scores.every((score, index) => index === 0 || (score > scores[index - 1]! && values[index]! >= values[index - 1]!))
  );
}

function checkPattern(pattern: string, refuse: (reason: string) => UserError): void {
  try {
    readNamePattern(pattern);
  } catch (error) {
    throw error instanceof UserError ? refuse(`its file-name pattern "${pattern}": ${error.reason}`) : error;
  }
}

/** Fields that earlier versions did not write; what they do not tell is as it was then. */
function filledIn(value: JsonObject): JsonObject {
  const { category, mode, validation } = value;
  // The first shape of validations did not say what they hold for: it counts as none.
  const isWhole = isJsonObject(validation) && 'with' in validation;
  const isMode = typeof mode === 'string' && mode in MODES;
  return {
    name: category,
    saved: isWhole ? validation['date'] : LONG_AGO,
    areas: WHOLE_IMAGE,
    pixelCap: null,
    tools: isMode ? MODES[mode as Mode] : [],
    triage: null,
    modelId: null,
    namePattern: null,
    ...value,
    validation: isWhole ? validation : null,
  };
}
