import { describe, expect, it } from 'vitest';
import type { Raster } from '../../image/raster.ts';
import { mostDifferentPixel } from './pixelStep.ts';

const side = 24;

type Place = (x: number, y: number) => boolean;

/** A gradient, shifted by `shift` pixels, white where `isWhite` and black where `isBlack`. */
function draw(shift: number, isWhite: Place = () => false, isBlack: Place = () => false): Raster {
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const value = isWhite(x, y) ? 250 : isBlack(x, y) ? 0 : 60 + 5 * (x - shift) + 2 * y;
      data.fill(value, (y * side + x) * 3, (y * side + x) * 3 + 3);
    }
  }
  return { width: side, height: side, data };
}

const everywhere = () => true;

describe('the pixel that differs most', () => {
  it('is on a scratch one pixel wide beside the point', () => {
    const part = draw(0, (x) => x === 13);
    const [x] = mostDifferentPixel(part, [{ raster: draw(0), shift: [0, 0] }], [12, 12], everywhere);
    expect(Math.floor(x)).toBe(13);
  });

  it('is not where the exemplars have it too, one of them a little beside', () => {
    const line = (at: number) => (x: number) => x === at;
    const part = draw(0, line(13), (x, y) => x === 11 && y === 11);
    const exemplars = [
      { raster: draw(0), shift: [0, 0] as const },
      { raster: draw(4, line(18)), shift: [4, 0] as const },
    ];
    const [x, y] = mostDifferentPixel(part, exemplars, [12, 12], everywhere);
    expect([Math.floor(x), Math.floor(y)]).toEqual([11, 11]);
  });

  it('is an allowed one, and the point itself when nothing differs', () => {
    const part = draw(0, (x) => x === 10 || x === 12);
    const exemplars = [{ raster: draw(0), shift: [0, 0] as const }];
    const [x] = mostDifferentPixel(part, exemplars, [12, 12], (at) => at < 12);
    expect(Math.floor(x)).toBe(10);
    expect(mostDifferentPixel(draw(0), exemplars, [12, 12], everywhere)).toEqual([12, 12]);
  });

  it('is found at the rim of the window', () => {
    const part = draw(0, (x, y) => x === 0 && y === 0);
    const [x, y] = mostDifferentPixel(part, [{ raster: draw(0), shift: [0, 0] }], [1, 1], everywhere);
    expect(Math.max(x, y)).toBeLessThanOrEqual(2);
  });
});
