/** Picking good parts in the grid of the library page: by pointer, by key, all of them, none. */
import type { StudioContext } from '../context.ts';
import { foundExemplars, movedIndex, rangeOf, type Direction, type GridState } from '../gridState.ts';
import { exemplarsOf, type StudioState } from '../studioState.ts';

/** True while the grid is what the keys of lists act on. */
export function isGridShown({ store }: StudioContext): boolean {
  const { drawer, libraryTab, category, importing, camera } = store.getState();
  const isCovered = importing !== null || camera !== null;
  return drawer === 'library' && libraryTab === 'exemplars' && category !== null && !isCovered;
}

/** What a key of the grid acts on: what is picked, else the tile it stands on. */
export function pickedIds({ store }: StudioContext): readonly string[] {
  const state = store.getState();
  const { selected, focused } = state.grid;
  const ids = shownIds(state).filter((id) => selected.has(id));
  return ids.length > 0 || focused === null ? ids : [focused];
}

/** A click on a tile: alone, with Ctrl or Cmd (`toggles`), or with Shift (`extends`). */
export function pickExemplar(
  { store }: StudioContext,
  id: string,
  how: { readonly toggles?: boolean; readonly extends?: boolean } = {},
): void {
  const state = store.getState();
  const { selected, anchor } = state.grid;
  if (how.extends) {
    const range = rangeOf(shownIds(state), anchor, id);
    return put(store, { selected: new Set(range), focused: id, anchor: anchor ?? id });
  }
  if (!how.toggles) return put(store, { selected: new Set([id]), focused: id, anchor: id });
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  put(store, { selected: next, focused: id, anchor: id });
}

/** Picks exactly these, as a finding of the library's health does, and goes to the first. */
export function pickExemplars({ store }: StudioContext, ids: readonly string[]): void {
  const { grid } = store.getState();
  const first = ids[0] ?? null;
  put(store, { selected: new Set(ids), focused: first, anchor: first, query: '', moves: grid.moves + 1 });
}

/** An arrow key; with Shift it extends the range. */
export function moveInGrid({ store }: StudioContext, direction: Direction, extend = false): void {
  const state = store.getState();
  const { grid } = state;
  const ids = shownIds(state);
  if (ids.length === 0) return;
  const at = grid.focused === null ? -1 : ids.indexOf(grid.focused);
  const to = at < 0 ? ids[0]! : ids[movedIndex(at, direction, grid.columns, ids.length)]!;
  const anchor = extend ? (grid.anchor ?? grid.focused ?? to) : to;
  const selected = new Set(extend ? rangeOf(ids, anchor, to) : [to]);
  put(store, { focused: to, anchor, selected, moves: grid.moves + 1 });
}

export function pickAll({ store }: StudioContext): void {
  put(store, { selected: new Set(shownIds(store.getState())) });
}

/** Picks nothing; false when nothing was picked. */
export function pickNone({ store }: StudioContext): boolean {
  if (store.getState().grid.selected.size === 0) return false;
  put(store, { selected: new Set(), anchor: null });
  return true;
}

export function findInGrid({ store }: StudioContext, query: string): void {
  put(store, { query, selected: new Set(), anchor: null, focused: null });
}

export function setGridColumns({ store }: StudioContext, columns: number): void {
  if (store.getState().grid.columns !== columns) put(store, { columns });
}

function shownIds(state: StudioState): string[] {
  return foundExemplars(exemplarsOf(state, state.category), state.grid.query).map(({ id }) => id);
}

function put(store: StudioContext['store'], change: Partial<GridState>): void {
  store.setState(({ grid }) => ({ grid: { ...grid, ...change } }));
}
