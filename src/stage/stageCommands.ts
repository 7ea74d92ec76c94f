/** What keys and panels ask of the stage, without putting the camera into the store. */
import type { Box } from '@agentiad/core/image/box.ts';

export type StageCommand =
  | 'fit'
  | 'one-to-one'
  /** Between the whole part and actual pixels, at the pointer. */
  | 'toggle'
  /** The region of the step shown. */
  | 'region'
  | 'zoom-in'
  | 'zoom-out'
  /** Follow on, or off. */
  | 'follow'
  | 'left'
  | 'right'
  | 'up'
  | 'down'
  /** The bare image, for as long as a key is held. */
  | 'hide-overlays'
  | 'show-overlays'
  /** A drag pans whatever it starts on, for as long as Space is held. */
  | 'hand'
  | 'no-hand';

const listeners = new Set<(command: StageCommand) => void>();

export function sendStageCommand(command: StageCommand): void {
  for (const listener of listeners) listener(command);
}

export function onStageCommand(listener: (command: StageCommand) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export interface BoxRequest {
  /** A box of at least a few pixels, in whole pixels of the part. */
  readonly onBox: (box: Box) => void;
  /** The user did something else. */
  readonly onCancel: () => void;
}

let picking: BoxRequest | null = null;
const pickers = new Set<() => void>();

/** From now on a drag on the stage draws a box, once; returns what calls it off without a word. */
export function requestBox(request: BoxRequest): () => void {
  picking?.onCancel();
  setPicking(request);
  return () => {
    if (picking === request) setPicking(null);
  };
}

export function boxRequest(): BoxRequest | null {
  return picking;
}

export function endBoxRequest(): void {
  setPicking(null);
}

/** Told when drawing a box is asked for and when that ends. */
export function onBoxRequest(listener: () => void): () => void {
  pickers.add(listener);
  return () => pickers.delete(listener);
}

function setPicking(request: BoxRequest | null): void {
  picking = request;
  for (const listener of pickers) listener();
}
