/** Esc, where nothing lies over the stage: leaves one thing after the other, and never stops an inspection. */
import type { StudioContext } from '../../state/context.ts';

export function leaveInnermost({ store }: StudioContext): void {
  if (store.getState().selected) store.setState({ selected: null });
}
