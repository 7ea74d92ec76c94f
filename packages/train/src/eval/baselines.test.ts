import { describe, expect, it } from 'vitest';
import type { Raster } from '@agentiad/core/image/raster.ts';
import { pixelDiff } from './baselines.ts';

/** A dark square on grey, moved by `shift` pixels; `hole` leaves a light spot in it. */
function draw(shift: number, hole = false): Raster {
  const side = 128;
  const data = new Uint8Array(side * side * 3).fill(180);
  const fill = (x1: number, y1: number, size: number, value: number) => {
    for (let y = y1; y < y1 + size; y++) data.fill(value, (y * side + x1) * 3, (y * side + x1 + size) * 3);
  };
  fill(40 + shift, 40, 50, 40);
  if (hole) fill(60 + shift, 60, 8, 180);
  return { width: side, height: side, data };
}

describe('pixelDiff', () => {
  it('forgives a small shift but not a hole', () => {
    const exemplars = [draw(0), draw(1), draw(-1)];
    const good = pixelDiff(draw(3), exemplars);
    const bad = pixelDiff(draw(3, true), exemplars);
    expect(good.score).toBeLessThanOrEqual(good.threshold!);
    expect(bad.score).toBeGreaterThan(bad.threshold!);
  });

  it('has no threshold without three exemplars', () => {
    expect(pixelDiff(draw(0, true), [draw(0)])).toMatchObject({ threshold: null });
    expect(pixelDiff(draw(0, true), [draw(0)]).score).toBeGreaterThan(100);
  });

  it('sees what is missing from the part as well as what is added', () => {
    const missing = pixelDiff(draw(0), [draw(0, true)]);
    expect(missing.score).toBeGreaterThan(100);
  });
});
