import { describe, expect, it } from 'vitest';
import { createRandom } from '@agentiad/core/support/random.ts';
import {
  cameraBetween,
  centredOn,
  fitBox,
  fitImage,
  keepInView,
  MAX_SCALE,
  pan,
  resized,
  toImage,
  toScreen,
  visibleBox,
  zoomAt,
} from './camera.ts';

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

  it('keeps its scale between half of fit and 32, however hard the wheel is turned', () => {
    const random = createRandom(11);
    for (let trial = 0; trial < 50; trial++) {
      const size = { width: random.integer(1, 12_000), height: random.integer(1, 9000) };
      let camera = fitImage(size, viewport);
      for (let turn = 0; turn < 40; turn++) {
        const at = { x: random.next() * viewport.width, y: random.next() * viewport.height };
        camera = zoomAt(camera, at, Math.exp((random.next() - 0.5) * 6), size, viewport);
        expect(camera.scale).toBeLessThanOrEqual(MAX_SCALE);
        expect(camera.scale).toBeGreaterThanOrEqual(Math.min(1, fitImage(size, viewport).scale) / 2 - 1e-12);
      }
    }
  });

  it('keeps the middle of the view when the viewport changes size', () => {
    const camera = centredOn({ x: 1500, y: 700 }, 2, viewport);
    const wider = { width: 1300, height: 500 };
    const middle = toImage(resized(camera, viewport, wider), { x: 650, y: 250 });
    expect([middle.x, middle.y]).toEqual([1500, 700]);
  });

  it('flies as one movement: both ends exact, one image point standing still on the screen', () => {
    const from = fitBox([0, 0, 4000, 3000], viewport);
    const to = fitBox([2000, 400, 2600, 900], viewport);
    expect(cameraBetween(from, to, 0)).toEqual(from);
    const end = cameraBetween(from, to, 1);
    (['x', 'y', 'scale'] as const).forEach((key) => expect(end[key]).toBeCloseTo(to[key]));
    const still = { x: (from.x - to.x) / (to.scale - from.scale), y: (from.y - to.y) / (to.scale - from.scale) };
    const places = [0, 0.2, 0.5, 0.9, 1].map((progress) => toScreen(cameraBetween(from, to, progress), still));
    for (const place of places) {
      expect(place.x).toBeCloseTo(places[0]!.x);
      expect(place.y).toBeCloseTo(places[0]!.y);
    }
  });

  it('knows what is seen: all of it at fit, the room around the middle when closer', () => {
    expect(visibleBox(fitImage(image, viewport), image, viewport)).toEqual([0, 0, 4000, 3000]);
    const near = visibleBox(centredOn({ x: 2000, y: 1500 }, 9, viewport), image, viewport);
    expect(near[2] - near[0]).toBeCloseTo(100);
    expect(near[3] - near[1]).toBeCloseTo(700 / 9);
  });
});
