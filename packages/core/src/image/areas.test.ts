import { describe, expect, it } from 'vitest';
import { areaMask, blankOutside, inspectedShare, isInspected, WHOLE_IMAGE, type Areas, type Polygon } from './areas.ts';
import { createRandom } from '../support/random.ts';
import type { Raster } from './raster.ts';

const square: Polygon = [
  [0.25, 0.25],
  [0.75, 0.25],
  [0.75, 0.75],
  [0.25, 0.75],
];
const triangle: Polygon = [
  [0.5, 0.4],
  [0.6, 0.6],
  [0.4, 0.6],
];

function noise(width: number, height: number): Raster {
  const random = createRandom(5);
  // Never the grey that hides.
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, () => Math.floor(random.next() * 100)),
  };
}

describe('areas of a kind of part', () => {
  it('leave the whole image when none is drawn, without a copy', () => {
    const image = noise(7, 5);
    expect(blankOutside(image, WHOLE_IMAGE)).toBe(image);
    expect(inspectedShare(WHOLE_IMAGE, image)).toBe(1);
  });

  it('inspect inside the region of interest and outside what is ignored', () => {
    const areas: Areas = { roi: [square], ignore: [triangle] };
    expect(isInspected(areas, 0.3, 0.3)).toBe(true);
    expect(isInspected(areas, 0.1, 0.3)).toBe(false);
    expect(isInspected(areas, 0.5, 0.55)).toBe(false);
    expect(inspectedShare({ roi: [square], ignore: [] }, { width: 400, height: 400 })).toBeCloseTo(0.25, 6);
  });

  it('blank exactly the pixels whose centres are not inspected, whatever the shape', () => {
    const areas: Areas = {
      roi: [
        square,
        [
          [0, 0],
          [0.2, 0.05],
          [0.05, 0.3],
        ],
      ],
      ignore: [
        triangle,
        [
          [0.2, 0.7],
          [0.9, 0.3],
          [0.9, 0.75],
          [0.2, 0.3],
        ],
      ],
    };
    const image = noise(61, 43);
    const blanked = blankOutside(image, areas);
    const mask = areaMask(areas, 43, 61);
    for (let i = 0; i < mask.length; i++) {
      const seen = blanked.data.slice(i * 3, i * 3 + 3);
      expect(seen).toEqual(mask[i] === 1 ? image.data.slice(i * 3, i * 3 + 3) : Uint8Array.of(128, 128, 128));
    }
  });

  it('of as many corners as a recipe may have are told in a moment', () => {
    const star = (turn: number): Polygon =>
      Array.from({ length: 200 }, (_, i) => {
        const [angle, radius] = [(i / 200) * 2 * Math.PI + turn, i % 2 ? 0.4 : 0.2];
        return [0.5 + radius * Math.cos(angle), 0.5 + radius * Math.sin(angle)] as const;
      });
    const many = (from: number) => Array.from({ length: 100 }, (_, i) => star(from + i));
    const areas: Areas = { roi: many(0), ignore: many(0.5) };
    // Corner by corner for every cell this took minutes: the test would run out of time.
    expect(inspectedShare(areas, { width: 512, height: 512 })).toBeGreaterThan(0);
    expect(blankOutside(noise(64, 512), areas).data).toContain(128);
  });
});
