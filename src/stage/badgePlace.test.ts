import { describe, expect, it } from 'vitest';
import { badgePlace, isInView } from './markNode.ts';

const camera = { x: 0, y: 0, scale: 2 };

describe('badgePlace', () => {
  it('puts the words above the corner of the box', () => {
    expect(badgePlace([50, 40, 90, 80], camera, 900)).toEqual({ x: 50, y: (80 - 24) / 2 });
  });

  it('keeps them inside the view at its right, left and upper end', () => {
    expect(badgePlace([450, 40, 460, 80], camera, 700).x * 2).toBe(698);
    expect(badgePlace([-40, 40, 90, 80], camera, 900).x * 2).toBe(2);
    expect(badgePlace([50, 2, 90, 80], camera, 900).y * 2).toBe(8);
  });

  it('shows the beginning of words that are wider than the view', () => {
    expect(badgePlace([450, 40, 460, 80], camera, -30).x * 2).toBe(2);
  });

  it('are not shown for a box beyond the view', () => {
    const box = [100, 100, 120, 120] as const;
    const view = { width: 400, height: 300 };
    const at = (x: number, y: number) => isInView(box, { x, y, scale: 1 }, view);
    expect([at(0, 0), at(-119, 0), at(299, 199)]).toEqual([true, true, true]);
    expect([at(-121, 0), at(301, 0), at(0, 201), at(0, -121)]).toEqual([false, false, false, false]);
  });
});
