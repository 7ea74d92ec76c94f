import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Areas, Polygon } from '../../image/areas.ts';
import type { Box } from '../../image/box.ts';
import { cropRaster } from '../../image/crop.ts';
import type { Raster } from '../../image/raster.ts';
import { createLibraryMatch } from './libraryMatch.ts';
import { colourTower, drawGrey, exemplarOf } from './testing.ts';

beforeAll(async () => void (await tf.setBackend('cpu')));

const rectangle = ([x1, y1, x2, y2]: Box): Polygon => [
  [x1, y1],
  [x2, y1],
  [x2, y2],
  [x1, y2],
];
const left: Areas = { roi: [rectangle([0, 0, 0.5, 1])], ignore: [] };
const withoutCorner: Areas = { roi: [], ignore: [rectangle([0.5, 0, 1, 0.5])] };
/** Red marks of the parts: top right, bottom left. */
const [topRight, bottomLeft] = [
  [44, 8],
  [12, 40],
] as const;

const good = [1, 2, 3, 4, 5].map((seed) => exemplarOf(drawGrey(seed), `good${seed}`));
const compare = (raster: Raster, areas: Areas | undefined, exemplars = good, view: Box = [0, 0, 1, 1]) =>
  createLibraryMatch({
    tower: colourTower(),
    set: { category: 'grey', exemplars },
    options: { wholeSide: 64, cropSide: 32, cropMargin: 0 },
  }).compare({ raster, view, topK: 5, excludeSha256: 'none', ...(areas && { areas }) });

describe('Library match within areas', () => {
  it.each([
    ['region of interest', left],
    ['ignored place', withoutCorner],
  ])('%s: a defect outside counts for nothing', async (_, areas) => {
    const result = await compare(drawGrey(9, topRight), areas);
    const clean = await compare(drawGrey(9), areas);
    expect((await compare(drawGrey(9, topRight), undefined)).score).toBeGreaterThan(3);
    expect(result.score).toBeCloseTo(clean.score, 6);
    expect(result.percentile).toBeCloseTo(clean.percentile!, 6);
    result.map.values.forEach((value, cell) => {
      const [x, y] = [((cell % 8) + 0.5) / 8, (Math.floor(cell / 8) + 0.5) / 8];
      const isInside = areas === left ? x < 0.5 : x < 0.5 || y > 0.5;
      expect(value > 0).toBe(isInside);
    });
    for (const { box } of result.places) {
      expect(areas === left ? box[2] <= 0.5 : box[2] <= 0.5 || box[3] > 0.5).toBe(true);
    }
  });

  it.each([left, withoutCorner])('a defect inside is found, and the peak lies on it', async (areas) => {
    const result = await compare(drawGrey(9, bottomLeft), areas);
    expect(result.score).toBeGreaterThan(1.5);
    const [x, y] = result.peak!;
    expect(x * 64 >= 12 && x * 64 < 24 && y * 64 >= 40 && y * 64 < 52).toBe(true);
  });

  const marks = [
    [20, 20, 230],
    [20, 220, 20],
    [20, 200, 200],
    [120, 200, 20],
    [80, 80, 250],
  ] as const;

  it('what varies among the exemplars outside does not dull the scale', async () => {
    const marked = good.map((exemplar, i) => exemplarOf(drawGrey(i + 1, [40, 4 + 10 * i], marks[i]), exemplar.id));
    const part = drawGrey(9, bottomLeft);
    const everywhere = await compare(part, undefined, marked);
    const inside = await compare(part, left, marked);
    const reference = await compare(part, left, good);
    expect(inside.score).toBeGreaterThan(1.5 * everywhere.score);
    expect(inside.score).toBeCloseTo(reference.score, 1);
  });

  it('a crop keeps to the areas of the part', async () => {
    const view: Box = [0.5, 0, 1, 0.5];
    const crop = cropRaster(drawGrey(9, topRight), [32, 0, 64, 32]);
    const half: Areas = { roi: [rectangle([0, 0, 0.75, 1])], ignore: [] };
    const result = await compare(crop, half, good, view);
    expect(result.map.values.filter((_, cell) => cell % result.map.columns >= result.map.columns / 2)).toEqual(
      new Float32Array(result.map.values.length / 2),
    );
    expect(result.score).toBeGreaterThan(0);
  });

  it('nothing inspected: nothing found, nothing claimed', async () => {
    const crop = cropRaster(drawGrey(9, topRight), [32, 0, 64, 32]);
    const result = await compare(crop, left, good, [0.5, 0, 1, 0.5]);
    expect(result).toMatchObject({ places: [], score: 0, percentile: null, calibrated: false, peak: null });
  });

  it('the whole image as area changes nothing', async () => {
    const part = drawGrey(9, topRight);
    expect(await compare(part, { roi: [], ignore: [] })).toEqual(await compare(part, undefined));
  });
});
