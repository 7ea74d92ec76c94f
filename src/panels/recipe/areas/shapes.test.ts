import { describe, expect, it } from 'vitest';
import { inspectedShare, WHOLE_IMAGE } from '@agentiad/core/image/areas.ts';
import {
  addShape,
  isRectangle,
  movePicked,
  pickAt,
  polygonOf,
  rectangle,
  removePicked,
  shapeOf,
  type Picked,
} from './shapes.ts';

const SIZE = { width: 200, height: 200 };
const REACH = { x: 0.02, y: 0.02 };
const box = rectangle({ x: 0.75, y: 0.25 }, { x: 0.25, y: 0.75 })!;
const areas = addShape(WHOLE_IMAGE, 'roi', box);
const whole: Picked = { kind: 'roi', index: 0, corner: null };

describe('areas drawn on a good part', () => {
  it('are what is inspected, whichever corner was drawn first; a slip of the hand is none', () => {
    expect(inspectedShare(areas, SIZE)).toBeCloseTo(0.25, 2);
    expect(rectangle({ x: 0.5, y: 0.5 }, { x: 0.501, y: 0.9 })).toBeNull();
    expect(
      polygonOf([
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ]),
    ).toBeNull();
  });

  it('are picked at a corner, else inside; of two on each other the one that is ignored', () => {
    const both = addShape(areas, 'ignore', rectangle({ x: 0.4, y: 0.4 }, { x: 0.6, y: 0.6 })!);
    expect(pickAt(both, { x: 0.26, y: 0.26 }, REACH)).toEqual({ kind: 'roi', index: 0, corner: 0 });
    expect(pickAt(both, { x: 0.3, y: 0.5 }, REACH)).toEqual(whole);
    expect(pickAt(both, { x: 0.5, y: 0.5 }, REACH)).toEqual({ kind: 'ignore', index: 0, corner: null });
    expect(pickAt(both, { x: 0.9, y: 0.9 }, REACH)).toBeNull();
  });

  it('are moved whole as far as the image goes, and a rectangle stays one when its corner is moved', () => {
    const moved = shapeOf(movePicked(areas, whole, 0.9, -0.1), whole)!;
    expect(moved.map(([x]) => x)).toEqual([0.5, 1, 1, 0.5]);
    const stretched = shapeOf(movePicked(areas, { ...whole, corner: 2 }, 0.1, 0.2), whole)!;
    expect(isRectangle(stretched)).toBe(true);
    expect(inspectedShare({ roi: [stretched], ignore: [] }, SIZE)).toBeCloseTo(0.6 * 0.7, 2);
  });

  it('lose a corner as long as three are left, else go as a whole', () => {
    const corner: Picked = { ...whole, corner: 0 };
    const triangle = removePicked(areas, corner);
    expect(shapeOf(triangle, whole)).toHaveLength(3);
    expect(removePicked(triangle, corner)).toEqual(WHOLE_IMAGE);
  });
});
