/** The keys of the box that is selected while boxes are corrected. They come before the stage's own. */
import { endCorrecting, nudgeCorrected, removeCorrected, selectCorrected } from '../../state/actions/correct.ts';
import type { StudioContext } from '../../state/context.ts';
import type { KeyAction } from './action.ts';

/** Whether a box is selected: only then are the arrows its own. */
const isSelected = ({ store }: StudioContext) => store.getState().correcting?.selected != null;

const arrow = (id: string, key: string, how: 'move' | 'resize', dx: number, dy: number): KeyAction => ({
  id,
  keys: [how === 'move' ? key : `Shift+${key}`],
  scope: 'correction',
  group: 'verdict',
  isPossible: isSelected,
  run: (context) => void nudgeCorrected(context, how, dx, dy),
  repeats: true,
  isKeyOnly: true,
});

export const CORRECTION_ACTIONS: readonly KeyAction[] = [
  arrow('boxLeft', 'ArrowLeft', 'move', -1, 0),
  arrow('boxRight', 'ArrowRight', 'move', 1, 0),
  arrow('boxUp', 'ArrowUp', 'move', 0, -1),
  arrow('boxDown', 'ArrowDown', 'move', 0, 1),
  arrow('boxNarrower', 'ArrowLeft', 'resize', -1, 0),
  arrow('boxWider', 'ArrowRight', 'resize', 1, 0),
  arrow('boxLower', 'ArrowUp', 'resize', 0, -1),
  arrow('boxTaller', 'ArrowDown', 'resize', 0, 1),
  {
    id: 'deleteBox',
    keys: ['Delete'],
    scope: 'correction',
    group: 'verdict',
    isPossible: isSelected,
    run: (context) => {
      const selected = context.store.getState().correcting?.selected;
      if (selected != null) void removeCorrected(context, selected);
    },
    isKeyOnly: true,
  },
];

/** Lets go of the box, then of correcting; false when neither was on. */
export function leaveCorrecting(context: StudioContext): boolean {
  if (!context.store.getState().correcting) return false;
  if (isSelected(context)) selectCorrected(context, null);
  else endCorrecting(context);
  return true;
}
