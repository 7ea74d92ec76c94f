/** What the page remembers between visits: the chosen kind of part and the way to inspect. */
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { guarded, type StudioContext } from '../context.ts';
import { EMPTY_GRID } from '../gridState.ts';

export function chooseCategory(context: StudioContext, category: string | null): void {
  // Another kind of part has other good parts.
  context.store.setState(({ grid, category: before }) => ({
    category,
    beforeSample: null,
    ...(category !== before && { grid: { ...EMPTY_GRID, columns: grid.columns } }),
  }));
  remember(context, 'category', category);
}

/** Chooses a sample's kind until the sample is left. */
export function chooseSampleCategory(context: StudioContext, category: string): void {
  const { beforeSample, category: before } = context.store.getState();
  chooseCategory(context, category);
  if (before !== category || beforeSample)
    context.store.setState({ beforeSample: beforeSample ?? { category: before } });
}

/** A part of the user's own is not compared with the good parts of a sample tried before. */
export function leaveSample(context: StudioContext): void {
  const { beforeSample } = context.store.getState();
  if (beforeSample) chooseCategory(context, beforeSample.category);
}

export function chooseMode(context: StudioContext, mode: Mode): void {
  context.store.setState({ mode });
  remember(context, 'mode', mode);
}

/** What a tab that only reads looks at is its own. */
function remember(context: StudioContext, key: string, value: unknown): void {
  if (context.store.getState().isReadOnly) return;
  void guarded(context, 'Settings', () => context.storage.writeSetting(key, value));
}
