/** What is picked and pointed at in the grid of good parts; moving in it is arithmetic on positions. Pure. */
import type { ExemplarRecord } from '../storage/schema.ts';

export interface GridState {
  /** Ids of exemplars. */
  readonly selected: ReadonlySet<string>;
  /** The tile that the keys move from; null: none yet. */
  readonly focused: string | null;
  /** Where a range that is being extended began. */
  readonly anchor: string | null;
  /** Tiles in a row, as last laid out. */
  readonly columns: number;
  /** Counts moves by key, after which the focused tile is to have the focus. */
  readonly moves: number;
  /** Only tiles that this is found in are shown. */
  readonly query: string;
}

export const EMPTY_GRID: GridState = {
  selected: new Set(),
  focused: null,
  anchor: null,
  columns: 1,
  moves: 0,
  query: '',
};

export type Direction = 'left' | 'right' | 'up' | 'down' | 'first' | 'last';

/** The position after a move among `count` tiles; a move over an edge stays where it is. */
export function movedIndex(at: number, direction: Direction, columns: number, count: number): number {
  const to = {
    left: at - 1,
    right: at + 1,
    up: at - columns,
    down: at + columns,
    first: 0,
    last: count - 1,
  }[direction];
  if (to >= 0 && to < count) return to;
  // The last row may be short: down from above its end goes to its end.
  const hasRowBelow = Math.floor(at / columns) < Math.floor((count - 1) / columns);
  return direction === 'down' && hasRowBelow ? count - 1 : at;
}

/** The ids from `anchor` to `to`, whichever comes first. */
export function rangeOf(ids: readonly string[], anchor: string | null, to: string): string[] {
  const end = ids.indexOf(to);
  const start = anchor === null ? end : ids.indexOf(anchor);
  if (start < 0) return [to];
  return ids.slice(Math.min(start, end), Math.max(start, end) + 1);
}

/** The exemplars that `query` is found in, by name, tag, note or source. */
export function foundExemplars(exemplars: readonly ExemplarRecord[], query: string): readonly ExemplarRecord[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return exemplars;
  return exemplars.filter(({ name, tags, note, source }) =>
    [name, ...tags, note, source ?? ''].some((text) => text.toLocaleLowerCase().includes(wanted)),
  );
}
