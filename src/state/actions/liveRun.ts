/** A run that is being made: its events become what the page shows, at once or with the next frame. */
import type { RunEvent } from '@agentiad/core/protocol/events.ts';
import { applyEvent, turnCount, type RunSoFar } from '@agentiad/core/replay/runSoFar.ts';
import type { StudioContext } from '../context.ts';
import type { Current } from '../studioState.ts';
import { updateLive } from './claim.ts';
import { wantPictures } from './images.ts';

export interface LiveRun {
  readonly onEvent: (event: RunEvent) => void;
  /** What there is of the run by now. */
  readonly soFar: () => RunSoFar;
}

/**
 * Goes on from `begun`; `onStep` hears of the part as it was given to the model and of every finished step,
 * whatever the stage shows meanwhile.
 */
export function followRun(
  context: StudioContext,
  runId: string,
  begun: RunSoFar,
  onStep: (soFar: RunSoFar) => void = () => {},
): LiveRun {
  const { host, playhead } = context;
  let soFar = begun;
  let isShownSoon = false;
  const showSoon = () => {
    if (isShownSoon) return;
    isShownSoon = true;
    host.nextFrame(() => {
      isShownSoon = false;
      updateLive(context, runId, { run: soFar });
    });
  };
  return {
    soFar: () => soFar,
    onEvent(event) {
      soFar = applyEvent(soFar, event);
      // Tokens come faster than they can be drawn; everything else is shown at once.
      if (event.type === 'text') return showSoon();
      updateLive(context, runId, { run: soFar });
      if (event.type === 'step-finished' || (event.type === 'image' && event.image.role === 'part')) onStep(soFar);
      const shown = shownRun(context, runId);
      if (!shown) return;
      if (event.type === 'image') wantPictures(context, shown);
      if (event.type === 'step-finished') playhead.setLength(turnCount(soFar));
    },
  };
}

/** The run on the stage, if it is this one. */
export function shownRun({ store }: StudioContext, runId: string): Current | null {
  const { current } = store.getState();
  return current?.runId === runId ? current : null;
}
