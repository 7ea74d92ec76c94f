/** Moves the thresholds of a category: stored runs are re-labelled at once, new ones are issued with them. */
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import { guarded, type StudioContext } from '../context.ts';
import { omit } from '../omit.ts';
import { thresholdsKey } from '../thresholds.ts';

/** While a handle moves: shown, not stored yet. */
export function moveThresholds({ store }: StudioContext, category: string | null, thresholds: Thresholds): void {
  store.setState((state) => ({ thresholds: { ...state.thresholds, [thresholdsKey(category)]: thresholds } }));
}

/** The handle was let go: shown and stored. */
export async function setThresholds(
  context: StudioContext,
  category: string | null,
  thresholds: Thresholds,
): Promise<void> {
  moveThresholds(context, category, thresholds);
  await keep(context);
}

async function keep(context: StudioContext): Promise<void> {
  await guarded(context, 'Thresholds', () =>
    context.storage.writeSetting('thresholds', context.store.getState().thresholds),
  );
}

/** Back to those every category begins with. */
export async function resetThresholds(context: StudioContext, category: string | null): Promise<void> {
  context.store.setState(({ thresholds }) => ({ thresholds: omit(thresholds, thresholdsKey(category)) }));
  await keep(context);
}
