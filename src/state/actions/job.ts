/** What the worker is told of an inspection: the same for a new one, one that goes on, and questions asked of it. */
import { DEFAULT_WINDOW, windowOfGoodParts, type WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import type { InspectJob, LibraryJob } from '../../runtime/messages.ts';
import type { AskedFor } from '../../storage/schema.ts';
import type { StudioContext } from '../context.ts';
import { NO_PART_FIELDS } from '../partFields.ts';
import { comparedWith } from '../recipes.ts';
import { exemplarsOf, type Current, type StudioState } from '../studioState.ts';

const SHIPPED = 'nano';

export function jobFor(
  { store, preferences }: Pick<StudioContext, 'store' | 'preferences'>,
  { runId, name, category }: Pick<Current, 'runId' | 'name' | 'category'>,
  { mode, types, thresholds, seed, windowLevel, recipe = null, part }: AskedFor,
  bytes: ArrayBuffer,
): InspectJob {
  const state = store.getState();
  const library =
    category === null ? null : libraryJob(state, category, windowOfGoodParts(windowLevel ?? null), recipe);
  const believes = preferences.getState().belief ?? (state.engine.state === 'ready' && isCheap(state.engine.info.card));
  const asked = { mode, types, thresholds, seed, recipe, partFields: part ?? NO_PART_FIELDS };
  const window = windowLevel ?? DEFAULT_WINDOW;
  return {
    runId,
    bytes,
    name,
    window,
    category,
    library,
    ...asked,
    believes,
    from: null,
    created: null,
    hasSmallerCrops: false,
  };
}

/** The good parts of a category that are compared with, by `recipe` where there is one; null when there are none. */
export function libraryJob(
  state: Pick<StudioState, 'exemplars'>,
  category: ExemplarSet['category'],
  window: WindowChoice,
  recipe: Recipe | null,
): LibraryJob | null {
  const exemplars = comparedWith(exemplarsOf(state, category), recipe);
  return exemplars.length > 0 ? { category, window, exemplars } : null;
}

/** Reading the belief after every step costs nothing worth speaking of. */
function isCheap({ id }: { readonly id: string }): boolean {
  return id === SHIPPED;
}
