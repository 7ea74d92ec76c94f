/** The recipe an inspection was made with, so that questions and resuming go on with it whatever it was changed to since. */
import { WHOLE_IMAGE } from '@agentiad/core/image/areas.ts';
import { MODES } from '@agentiad/core/protocol/modes.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { guarded, type StudioContext } from '../context.ts';

/** The version the verdict names; of a recipe that is not here, what the verdict tells of it. Null: made without one. */
export async function recipeOfVerdict(context: StudioContext, verdict: Verdict): Promise<Recipe | null> {
  const { recipe } = verdict;
  if (!recipe) return null;
  const versions = await guarded(context, recipe.name ?? verdict.image.name, () =>
    context.storage.listRecipeVersions(recipe.id),
  );
  return versions?.find(({ version }) => version === recipe.version) ?? toldBy(verdict, recipe);
}

function toldBy({ settings, part, created, exemplars }: Verdict, recipe: NonNullable<Verdict['recipe']>): Recipe {
  const { mode, types, t1, t2, tools = MODES[mode], areas = WHOLE_IMAGE, pixelCap = null, triage = null } = settings;
  const { specification = '' } = settings;
  const category = part.category ?? '';
  return {
    schema: 'agentiad-recipe/1',
    ...recipe,
    name: recipe.name ?? category,
    saved: created,
    category,
    types,
    specification,
    areas,
    pixelCap,
    mode,
    tools,
    t1,
    t2,
    triage,
    modelId: null,
    modelSha256: null,
    exemplarSha256: exemplars.map(({ sha256 }) => sha256),
    namePattern: null,
    validation: null,
  };
}
