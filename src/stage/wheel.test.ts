import { describe, expect, it } from 'vitest';
import { createWheelReader } from './wheel.ts';

const turn = (timeStamp: number, more: object = {}) => ({
  deltaX: 0,
  deltaY: 0,
  deltaMode: 0,
  ctrlKey: false,
  timeStamp,
  ...more,
});
const mouse = (timeStamp: number) => turn(timeStamp, { deltaY: 100, wheelDeltaY: -120 });
const fingers = (timeStamp: number, deltaY = 7) => turn(timeStamp, { deltaX: 2, deltaY, wheelDeltaY: -3 * deltaY });

describe('the wheel', () => {
  it('zooms with a mouse, out when turned towards oneself', () => {
    const intent = createWheelReader(() => 'auto')(mouse(0));
    expect(intent.kind === 'zoom' && intent.factor).toBeLessThan(1);
    expect(createWheelReader(() => 'auto')(turn(0, { deltaY: -3, deltaMode: 1 })).kind).toBe('zoom');
  });

  it('pans with two fingers, the image going with them', () => {
    expect(createWheelReader(() => 'auto')(fingers(0))).toEqual({ kind: 'pan', dx: -2, dy: -7 });
  });

  it('zooms with a pinch, whatever is chosen', () => {
    for (const choice of ['auto', 'pan', 'zoom'] as const) {
      const intent = createWheelReader(() => choice)(turn(0, { deltaY: -4, ctrlKey: true }));
      expect(intent.kind === 'zoom' && intent.factor).toBeGreaterThan(1);
    }
  });

  it('stays with what a burst began as: a fast swipe does not zoom in the middle', () => {
    const read = createWheelReader(() => 'auto');
    read(fingers(0));
    expect(read(turn(16, { deltaY: 240, wheelDeltaY: -720 })).kind).toBe('pan');
    expect(read(mouse(1000)).kind).toBe('zoom');
  });

  it('does what was chosen', () => {
    expect(createWheelReader(() => 'pan')(mouse(0)).kind).toBe('pan');
    expect(createWheelReader(() => 'zoom')(fingers(0)).kind).toBe('zoom');
  });
});
