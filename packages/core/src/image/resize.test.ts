import { describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import type { Raster } from './raster.ts';
import { resizeRaster } from './resize.ts';

/** One row of grey values. */
const row = (values: readonly number[]): Raster => ({
  width: values.length,
  height: 1,
  data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
});
const greys = (raster: Raster) => Array.from({ length: raster.data.length / 3 }, (_, index) => raster.data[index * 3]);

describe('resizeRaster', () => {
  const values = [0, 255, 10, 200, 30, 90, 250, 5, 128, 60];

  // Expected values: Image.fromarray(a).resize(size, Image.BICUBIC) of Pillow 13.0.0.
  it('gives the bytes Pillow gives, enlarging and reducing', () => {
    expect(greys(resizeRaster(row(values), 4, 1))).toEqual([114, 102, 128, 80]);
    expect(greys(resizeRaster(row(values), 13, 1))).toEqual([0, 186, 164, 25, 199, 69, 39, 137, 248, 35, 70, 114, 57]);
  });

  it('resizes down columns as it does along rows', () => {
    const column: Raster = { ...row(values), width: 1, height: values.length };
    expect(greys(resizeRaster(column, 1, 4))).toEqual([114, 102, 128, 80]);
  });

  it('keeps a flat colour flat and a fitting image untouched', () => {
    const flat: Raster = { width: 9, height: 7, data: new Uint8Array(9 * 7 * 3).fill(77) };
    expect(new Set(resizeRaster(flat, 28, 56).data)).toEqual(new Set([77]));
    expect(resizeRaster(flat, 9, 7)).toBe(flat);
  });

  it('differs between the Pillow and torchvision weights by one level at most', () => {
    const random = createRandom(3);
    const noise: Raster = {
      width: 61,
      height: 47,
      data: Uint8Array.from({ length: 61 * 47 * 3 }, () => random.integer(0, 255)),
    };
    const pillow = resizeRaster(noise, 84, 28, 'pillow').data;
    const torchvision = resizeRaster(noise, 84, 28, 'torchvision').data;
    const differences = pillow.map((value, index) => Math.abs(value - torchvision[index]!));
    expect(Math.max(...differences)).toBe(1);
  });
});
