import { describe, expect, it } from 'vitest';
import { badgePlace } from './markNode.ts';
import { badgeBelow } from './keptNode.ts';

const camera = { x: 10, y: 20, scale: 2 };
const view = { width: 800, height: 600 };
const onScreen = ({ x, y }: { x: number; y: number }) => [x * camera.scale + camera.x, y * camera.scale + camera.y];

describe('the badge of a corrected box', () => {
  it('lies below its box, so that that of the verdict above the same box is not covered', () => {
    const box = [100, 100, 150, 140] as const;
    expect(onScreen(badgeBelow([...box], camera, view))).toEqual([210, 304]);
    expect(onScreen(badgePlace([...box], camera, view.width))[1]).toBeLessThan(220);
  });

  it('stays in the view', () => {
    const [x, y] = onScreen(badgeBelow([390, 280, 395, 400], camera, { width: 700, height: 600 }));
    expect([x, y]).toEqual([698, 578]);
    expect(onScreen(badgeBelow([-50, 10, 20, 20], camera, view))[0]).toBe(2);
  });
});
