/** Moves the thresholds of a category: stored runs are re-labelled at once, new ones are issued with them. */
import { isThresholds, type Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { Storage } from '../../storage/storage.ts';
import { guarded, type StudioContext } from '../context.ts';
import { omit } from '../omit.ts';
import { parseThresholds, thresholdsKey } from '../thresholds.ts';

/** Each category's are kept apart, so that two tabs do not overwrite each other's. */
const settingOf = (category: string | null) => `thresholds/${thresholdsKey(category)}`;

/** Where an older studio kept those of all categories together. */
const TOGETHER = 'thresholds';

/** What was chosen for these categories and for what is unsorted. */
export async function readThresholds(
  storage: Pick<Storage, 'readSetting'>,
  categories: Iterable<string | null>,
): Promise<Readonly<Record<string, Thresholds>>> {
  const together = parseThresholds(await storage.readSetting(TOGETHER));
  const chosen = await Promise.all(
    [...new Set([null, ...categories])].map(async (category) => {
      const stored = await storage.readSetting(settingOf(category));
      // Null: taken back since.
      const thresholds = stored === undefined ? together[thresholdsKey(category)] : stored;
      return isThresholds(thresholds) ? [[thresholdsKey(category), thresholds] as const] : [];
    }),
  );
  return Object.fromEntries(chosen.flat());
}

/** While a handle moves: shown, not stored yet. */
export function moveThresholds({ store }: StudioContext, category: string | null, thresholds: Thresholds): void {
  store.setState((state) => ({ thresholds: { ...state.thresholds, [thresholdsKey(category)]: thresholds } }));
}

/** The handle was let go: shown and stored. */
export async function setThresholds(
  context: StudioContext,
  category: string | null,
  { t1, t2 }: Thresholds,
): Promise<void> {
  moveThresholds(context, category, { t1, t2 });
  await keep(context, category, { t1, t2 });
}

/** Back to those every category begins with. */
export async function resetThresholds(context: StudioContext, category: string | null): Promise<void> {
  context.store.setState(({ thresholds }) => ({ thresholds: omit(thresholds, thresholdsKey(category)) }));
  await keep(context, category, null);
}

async function keep(context: StudioContext, category: string | null, thresholds: Thresholds | null): Promise<void> {
  await guarded(context, 'Thresholds', () => context.storage.writeSetting(settingOf(category), thresholds));
}
