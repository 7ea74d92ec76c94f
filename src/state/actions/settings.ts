/** What the page remembers between visits: the chosen kind of part and the way to inspect. */
import type { Mode } from '@agentiad/core/protocol/modes.ts';
import { guarded, type StudioContext } from '../context.ts';
import { EMPTY_GRID } from '../gridState.ts';

export function chooseCategory(context: StudioContext, category: string | null): void {
  // Another kind of part has other good parts.
  context.store.setState(({ grid, category: before }) => ({
    category,
    ...(category !== before && { grid: { ...EMPTY_GRID, columns: grid.columns } }),
  }));
  void guarded(context, 'Settings', () => context.storage.writeSetting('category', category));
}

export function chooseMode(context: StudioContext, mode: Mode): void {
  context.store.setState({ mode });
  void guarded(context, 'Settings', () => context.storage.writeSetting('mode', mode));
}
