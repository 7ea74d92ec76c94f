/**
 * Pointer, wheel and touch on the stage, told as camera gestures: drag pans, two fingers pan and pinch, the wheel zooms
 * or pans, a double click toggles. Points are CSS pixels in the element. Knows no camera.
 */
import type { Point } from './camera.ts';
import { createWheelReader, type WheelChoice } from './wheel.ts';

export interface GestureEvents {
  readonly onPan: (dx: number, dy: number) => void;
  readonly onZoom: (factor: number, at: Point) => void;
  readonly onDoubleClick: (at: Point) => void;
  /** The pointer rests or moves over the stage, or left it. */
  readonly onPoint: (at: Point | null) => void;
  readonly wheel: () => WheelChoice;
  /** Takes a drag for itself, for example to draw a box; null: it pans. */
  readonly takeDrag: (at: Point) => Drag | null;
}

/** A drag that something took for itself; `end(false)`: it was called off. */
export interface Drag {
  readonly move: (to: Point) => void;
  readonly end: (done: boolean) => void;
}

export interface Gestures {
  /** True from a drag until the next press: what is released then is no click. */
  wasDrag(): boolean;
  stop(): void;
}

/** CSS pixels a pointer may tremble in a click. */
const TREMBLE = 3;

export function listenToGestures(element: HTMLElement, events: GestureEvents): Gestures {
  const readWheel = createWheelReader(events.wheel);
  const pointers = new Map<number, Point>();
  let pressed: Point | null = null;
  let dragged = false;
  let taken: Drag | null = null;
  const at = (event: MouseEvent): Point => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };

  const onWheel = (event: WheelEvent) => {
    event.preventDefault();
    const intent = readWheel(event);
    if (intent.kind === 'zoom') events.onZoom(intent.factor, at(event));
    else events.onPan(intent.dx, intent.dy);
  };
  const onDown = (event: PointerEvent) => {
    if (event.button !== 0 && event.button !== 1) return;
    const point = at(event);
    if (pointers.size === 0) {
      pressed = point;
      dragged = false;
      taken = event.button === 0 ? events.takeDrag(point) : null;
    } else {
      // A second finger: it is a pinch, not what the first one began.
      taken?.end(false);
      taken = null;
    }
    pointers.set(event.pointerId, point);
  };
  const onMove = (event: PointerEvent) => {
    const before = pointers.get(event.pointerId);
    const now = at(event);
    if (!before || !pressed)
      return events.onPoint(event.target instanceof Node && element.contains(event.target) ? now : null);
    if (!dragged && Math.hypot(now.x - pressed.x, now.y - pressed.y) <= TREMBLE && pointers.size === 1) return;
    dragged = true;
    const other = [...pointers].find(([id]) => id !== event.pointerId)?.[1];
    pointers.set(event.pointerId, now);
    if (taken) return taken.move(now);
    if (!other) return events.onPan(now.x - before.x, now.y - before.y);
    const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 };
    events.onPan((now.x - before.x) / 2, (now.y - before.y) / 2);
    const apart = Math.hypot(before.x - other.x, before.y - other.y);
    if (apart > 0) events.onZoom(Math.hypot(now.x - other.x, now.y - other.y) / apart, middle);
  };
  const onUp = (event: PointerEvent) => {
    if (!pointers.delete(event.pointerId) || pointers.size > 0) return;
    taken?.end(event.type === 'pointerup' && dragged);
    taken = null;
    pressed = null;
  };
  const onLeave = () => events.onPoint(null);
  const onDoubleClick = (event: MouseEvent) => events.onDoubleClick(at(event));

  element.addEventListener('wheel', onWheel, { passive: false });
  element.addEventListener('pointerdown', onDown);
  element.addEventListener('pointerleave', onLeave);
  element.addEventListener('dblclick', onDoubleClick);
  window.addEventListener('pointermove', onMove);
  window.addEventListener('pointerup', onUp);
  window.addEventListener('pointercancel', onUp);
  return {
    wasDrag: () => dragged,
    stop() {
      element.removeEventListener('wheel', onWheel);
      element.removeEventListener('pointerdown', onDown);
      element.removeEventListener('pointerleave', onLeave);
      element.removeEventListener('dblclick', onDoubleClick);
      window.removeEventListener('pointermove', onMove);
      window.removeEventListener('pointerup', onUp);
      window.removeEventListener('pointercancel', onUp);
    },
  };
}
