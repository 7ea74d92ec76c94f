/** The keys of the verdict: decide, note, file as good, go from run to run, see what the model saw. */
import { canRedo, redoLast } from '../../state/actions/changes.ts';
import { beginCorrecting } from '../../state/actions/correct.ts';
import { acceptVerdict, decidable, decide, openNeighbour, writeNote } from '../../state/actions/decide.ts';
import { fileAsGood, filing } from '../../state/actions/fileAsGood.ts';
import { toggleModelEye } from '../../state/actions/view.ts';
import type { StudioContext } from '../../state/context.ts';
import { acceptedAs, neighbourOf } from '../../state/decisions.ts';
import type { KeyAction } from './action.ts';

const isDecidable = ({ store }: StudioContext) => decidable(store.getState()) !== null;

const choice = (id: 'good' | 'defect' | 'unsure', key: string): KeyAction => ({
  id,
  keys: [key],
  scope: 'workbench',
  group: 'verdict',
  isPossible: isDecidable,
  run: (context) => void decide(context, id),
});

const neighbour = (id: string, key: string, by: 1 | -1): KeyAction => ({
  id,
  keys: [key],
  scope: 'workbench',
  group: 'inspection',
  isPossible: ({ store }) => {
    const state = store.getState();
    return state.current !== null && neighbourOf(state, state.current.runId, by) !== null;
  },
  run: (context) => void openNeighbour(context, by),
});

export const DECISION_ACTIONS: readonly KeyAction[] = [
  { id: 'correct', keys: ['x'], scope: 'workbench', group: 'verdict', isPossible: isDecidable, run: beginCorrecting },
  {
    id: 'accept',
    keys: ['Enter'],
    scope: 'workbench',
    group: 'verdict',
    isPossible: ({ store }) => {
      const verdict = decidable(store.getState());
      return verdict !== null && acceptedAs(verdict) !== null;
    },
    run: (context) => void acceptVerdict(context),
  },
  choice('good', 'g'),
  choice('defect', 'd'),
  choice('unsure', 'u'),
  {
    id: 'note',
    keys: ['n'],
    scope: 'workbench',
    group: 'verdict',
    isPossible: ({ store }) => {
      const { current, decisions } = store.getState();
      return current !== null && decisions[current.runId] !== undefined;
    },
    run: writeNote,
  },
  {
    id: 'fileAsGood',
    keys: ['a'],
    scope: 'workbench',
    group: 'verdict',
    isPossible: ({ store }) => filing(store.getState()) === 'possible',
    run: (context) => void fileAsGood(context),
  },
  {
    id: 'redo',
    keys: ['Mod+Shift+z', 'Mod+y'],
    scope: 'global',
    group: 'page',
    isPossible: canRedo,
    run: (context) => void redoLast(context),
  },
  neighbour('previousRun', 'PageUp', -1),
  neighbour('nextRun', 'PageDown', 1),
  { id: 'modelEye', keys: ['v'], scope: 'workbench', group: 'view', run: toggleModelEye },
];
