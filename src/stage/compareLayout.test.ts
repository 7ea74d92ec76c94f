import { describe, expect, it } from 'vitest';
import { aroundCentre, mapPoint } from '@agentiad/core/image/registration/similarity.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { fitBox, pan, toScreen, zoomAt, type Camera } from './camera.ts';
import { compareLayout, placeExemplar, toPartView } from './compareLayout.ts';
import type { CompareInput } from './compareTypes.ts';

const STAGE = { width: 1000, height: 700 };
const PART = { width: 2448, height: 2048 };
const EXEMPLAR = { width: 1200, height: 1000 };
const TRANSFORM = aroundCentre(EXEMPLAR, PART, { degrees: 7, scale: 2.1, dx: 60, dy: -35 });

const compare = (more: Partial<CompareInput>): CompareInput => ({
  view: 'side',
  exemplar: null,
  size: EXEMPLAR,
  transform: TRANSFORM,
  corresponds: true,
  amount: 1,
  divider: 0.5,
  difference: null,
  ...more,
});

/** Where a pixel of the exemplar is drawn: position, turn and size as Konva applies them. */
function drawnAt(camera: Camera, point: { x: number; y: number }, offsetX: number) {
  const { x, y, scale, rotation } = placeExemplar(camera, TRANSFORM, offsetX);
  const radians = (rotation * Math.PI) / 180;
  const [dx, dy] = [point.x * scale, point.y * scale];
  return {
    x: x + dx * Math.cos(radians) - dy * Math.sin(radians),
    y: y + dx * Math.sin(radians) + dy * Math.cos(radians),
  };
}

describe('comparing under one camera', () => {
  it('keeps the same place in the same spot of both views over 200 random gestures', () => {
    const random = createRandom(5);
    const layout = compareLayout(STAGE, compare({}));
    let camera = fitBox([0, 0, PART.width, PART.height], layout.viewport);
    let worst = 0;
    for (let gesture = 0; gesture < 200; gesture++) {
      const at = { x: random.next() * STAGE.width, y: random.next() * STAGE.height };
      camera =
        random.next() < 0.5
          ? pan(camera, (random.next() - 0.5) * 400, (random.next() - 0.5) * 400, PART, layout.viewport)
          : zoomAt(camera, toPartView(layout, at), Math.exp((random.next() - 0.5) * 3), PART, layout.viewport);
      for (const place of [{ x: 0, y: 0 }, EXEMPLAR_CORNER, { x: 321.5, y: 654.5 }]) {
        const onPart = toScreen(camera, mapPoint(TRANSFORM, place));
        const onExemplar = drawnAt(camera, place, layout.offsetX);
        worst = Math.max(worst, Math.hypot(onExemplar.x - layout.offsetX - onPart.x, onExemplar.y - onPart.y));
      }
    }
    expect(worst).toBeLessThan(1e-6);
  });

  it('zooms at the pointer over either half', () => {
    const layout = compareLayout(STAGE, compare({}));
    expect(toPartView(layout, { x: 640, y: 90 })).toEqual({ x: 140, y: 90 });
    expect(toPartView(layout, { x: 140, y: 90 })).toEqual({ x: 140, y: 90 });
    const curtain = compareLayout(STAGE, compare({ view: 'curtain', divider: 0.3 }));
    expect(toPartView(curtain, { x: 640, y: 90 })).toEqual({ x: 640, y: 90 });
  });

  it('leaves the view alone while the curtain moves: only the clips change', () => {
    const layouts = [0, 0.25, 0.8, 1].map((divider) => compareLayout(STAGE, compare({ view: 'curtain', divider })));
    for (const { viewport, offsetX, partClip, exemplarClip } of layouts) {
      expect(viewport).toEqual(STAGE);
      expect(offsetX).toBe(0);
      expect(partClip.width + exemplarClip!.width).toBeCloseTo(STAGE.width);
    }
  });

  it('gives the whole stage to the exemplar while blinking, and to the part for the difference', () => {
    expect(compareLayout(STAGE, compare({ view: 'blink' }))).toMatchObject({ partClip: { width: 0 }, offsetX: 0 });
    expect(compareLayout(STAGE, compare({ view: 'difference' }))).toMatchObject({ exemplarClip: null });
  });
});

const EXEMPLAR_CORNER = { x: EXEMPLAR.width, y: EXEMPLAR.height };
