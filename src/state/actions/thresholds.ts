/** Moves the thresholds of a category: stored runs are re-labelled at once, new ones are issued with them. */
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import { isThresholds, type Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { Storage } from '../../storage/storage.ts';
import { guarded, type StudioContext } from '../context.ts';
import { keyed, omit, withKey, type Keyed } from '../keyed.ts';
import { recipeFor } from '../recipes.ts';
import { parseThresholds, thresholdsKey } from '../thresholds.ts';
import { editRecipe } from './recipes.ts';

/** Each category's are kept apart, so that two tabs do not overwrite each other's. */
const settingOf = (category: string | null) => `thresholds/${thresholdsKey(category)}`;

/** Where an older studio kept those of all categories together. */
const TOGETHER = 'thresholds';

/** What was chosen for these categories and for what is unsorted. */
export async function readThresholds(
  storage: Pick<Storage, 'readSetting'>,
  categories: Iterable<string | null>,
): Promise<Keyed<Thresholds>> {
  const together = parseThresholds(await storage.readSetting(TOGETHER));
  const chosen = await Promise.all(
    [...new Set([null, ...categories])].map(async (category) => {
      const stored = await storage.readSetting(settingOf(category));
      // Null: taken back since.
      const thresholds = stored === undefined ? together[thresholdsKey(category)] : stored;
      return isThresholds(thresholds) ? [[thresholdsKey(category), thresholds] as const] : [];
    }),
  );
  return keyed(chosen.flat());
}

/** While a handle moves: shown, not stored yet. */
export function moveThresholds({ store }: StudioContext, category: string | null, { t1, t2 }: Thresholds): void {
  store.setState({ movedThresholds: { category, t1, t2 } });
}

/** The handle was let go: kept in the recipe of the category, or for a category without one. */
export async function setThresholds(
  context: StudioContext,
  category: string | null,
  { t1, t2 }: Thresholds,
): Promise<void> {
  const { store } = context;
  if (category !== null && recipeFor(store.getState(), category)) {
    const kept = editRecipe(context, category, { t1, t2 });
    store.setState({ movedThresholds: null });
    return kept;
  }
  store.setState({ movedThresholds: null });
  await putThresholds(context, category, { t1, t2 });
}

/** Back to those every category begins with. */
export async function resetThresholds(context: StudioContext, category: string | null): Promise<void> {
  if (recipeFor(context.store.getState(), category)) return setThresholds(context, category, DEFAULT_THRESHOLDS);
  await putThresholds(context, category, null);
}

/** What was chosen for a category apart from any recipe; null takes it back. */
export async function putThresholds(
  context: StudioContext,
  category: string | null,
  chosen: Thresholds | null,
): Promise<void> {
  const key = thresholdsKey(category);
  context.store.setState(({ thresholds }) => ({
    thresholds: chosen ? withKey(thresholds, key, chosen) : omit(thresholds, key),
  }));
  await guarded(context, 'Thresholds', () => context.storage.writeSetting(settingOf(category), chosen));
}
