import { describe, expect, it } from 'vitest';
import { mropeAngles, mropePositions, patchPositions, ropeDelta, visionAngles, windowOrder } from './positions.ts';
import { tinyConfig } from './tinyConfig.ts';

const config = tinyConfig();
const image = config.special.image;
const run = (length: number) => Array.from({ length }, () => image);
const rows = (ids: Int32Array) => {
  const count = ids.length / 3;
  return [0, 1, 2].map((row) => [...ids.subarray(row * count, (row + 1) * count)]);
};

describe('mropePositions', () => {
  it('counts text in all rows and spans an image over its rows and columns', () => {
    const positions = mropePositions([9, 9, 9, 9, ...run(6), 9], [{ height: 4, width: 6 }], config);
    expect(rows(positions.ids)).toEqual([
      [0, 1, 2, 3, 4, 4, 4, 4, 4, 4, 7],
      [0, 1, 2, 3, 4, 4, 4, 5, 5, 5, 7],
      [0, 1, 2, 3, 4, 5, 6, 4, 5, 6, 7],
    ]);
  });

  it('has rope delta -3 after four text tokens and a 2 x 3 image', () => {
    const positions = mropePositions([9, 9, 9, 9, ...run(6)], [{ height: 4, width: 6 }], config);
    expect(positions.next).toBe(7);
    expect(ropeDelta(positions)).toBe(-3);
  });

  it('continues where an earlier part ended, also between images', () => {
    const grids = [
      { height: 4, width: 6 },
      { height: 2, width: 2 },
    ];
    const whole = mropePositions([9, ...run(6), 9, ...run(1), 9], grids, config);
    const first = mropePositions([9, ...run(6)], grids.slice(0, 1), config);
    const second = mropePositions([9, ...run(1), 9], grids.slice(1), config, first.next);
    expect(second.next).toBe(whole.next);
    const joined = rows(first.ids).map((row, i) => [...row, ...rows(second.ids)[i]!]);
    expect(joined).toEqual(rows(whole.ids));
  });

  it('separates two images that touch', () => {
    const grid = { height: 2, width: 4 };
    const positions = mropePositions(run(4), [grid, grid], config);
    expect(rows(positions.ids)[0]).toEqual([0, 0, 2, 2]);
    expect(rows(positions.ids)[2]).toEqual([0, 1, 2, 3]);
  });

  it('refuses image ids without an image, images without ids and runs that are too short', () => {
    const grid = { height: 4, width: 4 };
    expect(() => mropePositions([9, image], [], config)).toThrow(/more image runs/);
    expect(() => mropePositions([9], [grid], config)).toThrow(/1 images given/);
    expect(() => mropePositions([...run(3), 9], [grid], config)).toThrow(/needs 4 image ids/);
  });
});

describe('windowOrder', () => {
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

  it('orders 5 x 6 merged cells by windows of 4 x 4', () => {
    const { order, cuSeqlens } = windowOrder({ height: 10, width: 12 }, config.vision);
    const first = [...range(0, 3), ...range(6, 9), ...range(12, 15), ...range(18, 21)];
    expect([...order]).toEqual([...first, 4, 5, 10, 11, 16, 17, 22, 23, ...range(24, 27), 28, 29]);
    expect(cuSeqlens).toEqual([0, 64, 96, 112, 120]);
  });

  it('leaves one whole window in place', () => {
    const { order, cuSeqlens } = windowOrder({ height: 8, width: 8 }, config.vision);
    expect([...order]).toEqual(range(0, 15));
    expect(cuSeqlens).toEqual([0, 64]);
  });
});

describe('rotary angles', () => {
  it('lists patches merge group by merge group', () => {
    expect([...patchPositions({ height: 2, width: 4 }, 2)]).toEqual([0, 0, 0, 1, 1, 0, 1, 1, 0, 2, 0, 3, 1, 2, 1, 3]);
  });

  it('turns the first half of a vision head by the row and the second by the column', () => {
    const angles = visionAngles(Int32Array.of(3, 5), config.vision);
    const quarter = config.vision.headDim / 4;
    expect(angles[0]).toBe(3);
    expect(angles[quarter]).toBe(5);
    expect(angles[1]! / angles[quarter + 1]!).toBeCloseTo(3 / 5, 5);
  });

  it('gives each M-RoPE section its own position row', () => {
    const angles = mropeAngles(Int32Array.of(2, 3, 5), config.text); // one token at t = 2, h = 3, w = 5
    const half = config.text.headDim / 2;
    const [temporal, row] = config.text.mropeSection;
    const axis = (i: number) => (i < temporal ? 2 : i < temporal + row ? 3 : 5);
    for (let i = 0; i < half; i++) expect(angles[i]).toBeCloseTo(axis(i) / config.text.ropeTheta ** (i / half), 5);
  });
});
