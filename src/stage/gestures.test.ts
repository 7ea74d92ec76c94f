import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenToGestures, type GestureEvents, type Gestures } from './gestures.ts';

let element: HTMLElement;
let gestures: Gestures;
let log: string[];
let taken: ReturnType<GestureEvents['takeDrag']>;

beforeEach(() => {
  element = document.body.appendChild(document.createElement('div'));
  log = [];
  taken = null;
  gestures = listenToGestures(element, {
    onPan: (dx, dy) => log.push(`pan ${dx} ${dy}`),
    onZoom: (factor, { x, y }) => log.push(`zoom ${factor.toFixed(2)} at ${x} ${y}`),
    onDoubleClick: ({ x, y }) => log.push(`double ${x} ${y}`),
    onPoint: (at) => log.push(at ? `point ${at.x} ${at.y}` : 'left'),
    wheel: () => 'auto',
    takeDrag: () => taken,
  });
});
afterEach(() => {
  gestures.stop();
  element.remove();
});

function pointer(type: string, x: number, y: number, pointerId = 1): void {
  element.dispatchEvent(new PointerEvent(type, { clientX: x, clientY: y, pointerId, bubbles: true, button: 0 }));
}

describe('gestures', () => {
  it('pan with a drag, and tell it from a click with a trembling hand', () => {
    pointer('pointerdown', 10, 10);
    pointer('pointermove', 12, 11);
    pointer('pointerup', 12, 11);
    expect([log, gestures.wasDrag()]).toEqual([[], false]);
    pointer('pointerdown', 10, 10);
    pointer('pointermove', 30, 5);
    pointer('pointermove', 31, 5);
    pointer('pointerup', 31, 5);
    expect([log, gestures.wasDrag()]).toEqual([['pan 20 -5', 'pan 1 0'], true]);
  });

  it('zoom around the middle of two fingers', () => {
    pointer('pointerdown', 100, 100, 1);
    pointer('pointerdown', 200, 100, 2);
    pointer('pointermove', 300, 100, 2);
    expect(log).toEqual(['pan 50 0', 'zoom 2.00 at 200 100']);
    pointer('pointerup', 300, 100, 2);
    pointer('pointerup', 100, 100, 1);
    expect(gestures.wasDrag()).toBe(true);
  });

  it('give a drag to whom takes it, whole or called off by a second finger', () => {
    taken = { move: ({ x, y }) => log.push(`move ${x} ${y}`), end: (done) => log.push(`end ${done}`) };
    pointer('pointerdown', 10, 10);
    pointer('pointermove', 40, 50);
    pointer('pointerup', 40, 50);
    pointer('pointerdown', 10, 10);
    pointer('pointerdown', 90, 10, 2);
    pointer('pointerup', 90, 10, 2);
    pointer('pointerup', 10, 10);
    expect(log).toEqual(['move 40 50', 'end true', 'end false']);
  });

  it('keep the page from scrolling and stop listening when told to', () => {
    const wheel = () => new WheelEvent('wheel', { deltaY: 100, cancelable: true, ctrlKey: true });
    const first = wheel();
    element.dispatchEvent(first);
    expect(first.defaultPrevented).toBe(true);
    expect(log[0]).toMatch(/^zoom 0\.\d+ at 0 0$/);
    gestures.stop();
    element.dispatchEvent(wheel());
    pointer('pointerdown', 1, 1);
    pointer('pointermove', 50, 50);
    expect(log).toHaveLength(1);
  });
});
