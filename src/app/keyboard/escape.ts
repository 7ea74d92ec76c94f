/** Esc, where nothing lies over the stage: leaves one thing after the other, and never stops an inspection. */
import { boxRequest, endBoxRequest } from '../../stage/stageCommands.ts';
import { isComparing, setCompareMode } from '../../state/actions/compare.ts';
import { leaveCorrecting } from './correctionActions.ts';
import type { StudioContext } from '../../state/context.ts';

export function leaveInnermost(context: StudioContext): void {
  const { store } = context;
  const drawing = boxRequest();
  if (drawing) {
    endBoxRequest();
    return drawing.onCancel();
  }
  if (leaveCorrecting(context)) return;
  if (isComparing(context)) setCompareMode(context, 'off');
  else if (store.getState().selected) store.setState({ selected: null });
}
