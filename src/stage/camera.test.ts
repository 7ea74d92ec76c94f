import { describe, expect, it } from 'vitest';
import { createRandom } from '@agentiad/core/support/random.ts';
import { fitBox, keepInView, MAX_SCALE, pan, toImage, toScreen, zoomAt } from './camera.ts';

const image = { width: 4000, height: 3000 };
const viewport = { width: 900, height: 700 };

describe('camera', () => {
  it('fits a box centred with its padding free', () => {
    const camera = fitBox([1000, 500, 2000, 1500], viewport, 20);
    const from = toScreen(camera, { x: 1000, y: 500 });
    const to = toScreen(camera, { x: 2000, y: 1500 });
    expect(to.y - from.y).toBeCloseTo(660);
    expect(from.x).toBeCloseTo(900 - to.x);
    expect(from.y).toBeCloseTo(20);
  });

  it('never magnifies beyond its limit, even for a one-pixel image', () => {
    expect(fitBox([0, 0, 1, 1], viewport).scale).toBe(MAX_SCALE);
  });

  it('keeps the image point under the pointer while zooming', () => {
    const camera = fitBox([0, 0, 4000, 3000], viewport);
    const pointer = { x: 512, y: 300 };
    const before = toImage(camera, pointer);
    const after = toImage(zoomAt(camera, pointer, 3, image, viewport), pointer);
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });

  it('round-trips between image and screen at every scale', () => {
    for (const scale of [0.1, 1, 8, 32]) {
      const camera = { x: -123.4, y: 56.7, scale };
      const point = toImage(camera, toScreen(camera, { x: 1234.5, y: 67.8 }));
      expect(point.x).toBeCloseTo(1234.5);
      expect(point.y).toBeCloseTo(67.8);
    }
  });

  it('never loses the image, whatever the gestures', () => {
    const random = createRandom(7);
    let camera = fitBox([0, 0, 4000, 3000], viewport);
    for (let gesture = 0; gesture < 500; gesture++) {
      camera =
        random.next() < 0.5
          ? pan(camera, (random.next() - 0.5) * 3000, (random.next() - 0.5) * 3000, image, viewport)
          : zoomAt(
              camera,
              { x: random.next() * 900, y: random.next() * 700 },
              Math.exp((random.next() - 0.5) * 4),
              image,
              viewport,
            );
      const right = camera.x + image.width * camera.scale;
      const bottom = camera.y + image.height * camera.scale;
      expect(Math.min(right, viewport.width) - Math.max(camera.x, 0)).toBeGreaterThan(0);
      expect(Math.min(bottom, viewport.height) - Math.max(camera.y, 0)).toBeGreaterThan(0);
    }
  });

  it('leaves a camera alone that is already in view', () => {
    const camera = fitBox([0, 0, 4000, 3000], viewport);
    expect(keepInView(camera, image, viewport)).toEqual(camera);
  });
});
