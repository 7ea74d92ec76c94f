/** The keys of lists, and of the grid of good parts, which is a list of its own: it picks, and moves in two directions. */
import { toggleEnabled } from '../../state/actions/exemplars.ts';
import { isGridShown, moveInGrid, pickAll, pickedIds, pickExemplar } from '../../state/actions/grid.ts';
import { deleteExemplars } from '../../state/actions/library.ts';
import type { StudioContext } from '../../state/context.ts';
import type { Direction } from '../../state/gridState.ts';
import type { KeyAction } from './action.ts';
import { moveInList, removeInList } from './lists.ts';

const list = (
  id: string,
  keys: readonly string[],
  run: (context: StudioContext) => void,
  repeats?: true,
): KeyAction => ({ id, keys, scope: 'list', group: 'lists', run, isKeyOnly: true, ...(repeats && { repeats }) });

/** In the grid only, and only where there is something that it could be done with. */
const grid = (...[id, keys, run, repeats]: Parameters<typeof list>): KeyAction => ({
  ...list(id, keys, run, repeats),
  isPossible: isGridShown,
});

const move = (id: string, key: string, direction: Direction) =>
  grid(id, [key], (context) => moveInGrid(context, direction), true);
const extend = (id: string, key: string, direction: Direction) =>
  grid(id, [`Shift+${key}`], (context) => moveInGrid(context, direction, true), true);

const row = (direction: 'up' | 'down', by: 1 | -1) => (context: StudioContext) =>
  isGridShown(context) ? moveInGrid(context, direction) : moveInList(by);

export const LIST_ACTIONS: readonly KeyAction[] = [
  list('previousRow', ['ArrowUp'], row('up', -1), true),
  list('nextRow', ['ArrowDown'], row('down', 1), true),
  list('removeRow', ['Delete'], (context) =>
    isGridShown(context) ? void deleteExemplars(context, pickedIds(context)) : removeInList(),
  ),
  move('leftTile', 'ArrowLeft', 'left'),
  move('rightTile', 'ArrowRight', 'right'),
  move('firstTile', 'Home', 'first'),
  move('lastTile', 'End', 'last'),
  extend('extendLeft', 'ArrowLeft', 'left'),
  extend('extendRight', 'ArrowRight', 'right'),
  extend('extendUp', 'ArrowUp', 'up'),
  extend('extendDown', 'ArrowDown', 'down'),
  grid('pickAll', ['Mod+a'], pickAll),
  grid('pickTile', ['Space'], (context) => {
    const { focused } = context.store.getState().grid;
    if (focused !== null) pickExemplar(context, focused, { toggles: true });
  }),
  grid('toggleExemplar', ['x'], (context) => void toggleEnabled(context, pickedIds(context))),
];
