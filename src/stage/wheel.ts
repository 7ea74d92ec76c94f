/**
 * What turning a wheel means: a mouse wheel zooms, two fingers on a trackpad pan, a pinch (the browser says Ctrl) zooms.
 * Browsers do not tell the devices apart, so the first event of a burst decides for all of it.
 */
export type WheelIntent =
  | { readonly kind: 'zoom'; readonly factor: number }
  | { readonly kind: 'pan'; readonly dx: number; readonly dy: number };

/** What the wheel should do: as the device looks, or always the same; a pinch always zooms. */
export type WheelChoice = 'auto' | 'zoom' | 'pan';

type Turn = Pick<WheelEvent, 'deltaX' | 'deltaY' | 'deltaMode' | 'ctrlKey' | 'timeStamp'> & {
  /** Chromium and Safari: multiples of 120 from a mouse. */
  readonly wheelDeltaY?: number;
};

/** A pause that ends a burst, ms. */
const BURST_MS = 180;
/** CSS pixels of one line, for browsers that count lines. */
const LINE = 20;

export function createWheelReader(choice: () => WheelChoice): (turn: Turn) => WheelIntent {
  let lastMs = -Infinity;
  let isTrackpad = false;
  return (turn) => {
    const unit = turn.deltaMode === 0 ? 1 : LINE;
    if (turn.timeStamp - lastMs > BURST_MS) isTrackpad = !looksLikeMouse(turn);
    lastMs = turn.timeStamp;
    if (turn.ctrlKey) return { kind: 'zoom', factor: Math.exp(-limit(turn.deltaY * unit, 60) * 0.01) };
    const chosen = choice();
    if (chosen === 'pan' || (chosen === 'auto' && isTrackpad))
      return { kind: 'pan', dx: -turn.deltaX * unit, dy: -turn.deltaY * unit };
    return { kind: 'zoom', factor: Math.exp(-limit(turn.deltaY * unit, 240) * 0.0018) };
  };
}

function looksLikeMouse({ deltaX, deltaY, deltaMode, wheelDeltaY }: Turn): boolean {
  if (deltaMode !== 0) return true;
  if (deltaX !== 0) return false;
  if (wheelDeltaY !== undefined && wheelDeltaY !== 0) return wheelDeltaY % 120 === 0;
  return Math.abs(deltaY) >= 50;
}

const limit = (value: number, most: number) => Math.min(Math.max(value, -most), most);
