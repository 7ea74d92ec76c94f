/** A click on a mark: a region of the verdict is selected in the lists too, a step's rectangle leads to its step. */
import { roomAround } from '@agentiad/core/replay/scene.ts';
import { toggleRegion } from '../state/actions/select.ts';
import type { StudioContext } from '../state/context.ts';
import { regionOfMark, sceneOf } from './stageInput.ts';
import type { StageView } from './stageTypes.ts';

export function pointAtMark(context: StudioContext, stage: StageView, markId: string): void {
  const region = regionOfMark(context, markId);
  if (region !== null) return toggleRegion(context, region);
  const { current } = context.store.getState();
  if (!current) return;
  const turn = Number(/^(\d+)-/.exec(markId)?.[1] ?? context.playhead.turn());
  if (turn !== context.playhead.turn()) return context.playhead.goTo(turn);
  const mark = sceneOf(context, current).marks.find(({ id }) => id === markId);
  if (mark) stage.flyTo(roomAround(mark.box, current.size));
}
