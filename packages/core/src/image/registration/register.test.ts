import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../support/random.ts';
import type { Size } from '../box.ts';
import type { Raster } from '../raster.ts';
import { differenceMap, NOT_COVERED } from './difference.ts';
import { register, RELIABLE } from './register.ts';
import {
  angleOf,
  aroundCentre,
  compose,
  fitMapping,
  invert,
  mapPoint,
  scaleOf,
  scaling,
  type Similarity,
} from './similarity.ts';
import { draw, makePart } from './testing.ts';

const SIZE = { width: 240, height: 200 };
const SAME: Similarity = { a: 1, b: 0, x: 0, y: 0 };

/** Largest distance, in pixels of the part, between where two maps put the corners and the centre of the exemplar. */
function cornerError(one: Similarity, other: Similarity, { width, height }: Size): number {
  const corners = [0, width].flatMap((x) => [0, height].map((y) => ({ x, y })));
  return Math.max(
    ...[...corners, { x: width / 2, y: height / 2 }].map((corner) => {
      const [a, b] = [mapPoint(one, corner), mapPoint(other, corner)];
      return Math.hypot(a.x - b.x, a.y - b.y);
    }),
  );
}

/** How the part is turned, scaled and moved against the exemplar: up to 10°, a tenth in scale, a tenth of the side. */
function randomMotion(seed: number) {
  const random = createRandom(seed);
  const within = (limit: number) => (2 * random.next() - 1) * limit;
  return { degrees: within(10), scale: 1 + within(0.1), dx: within(0.1 * SIZE.width), dy: within(0.1 * SIZE.height) };
}

describe('register', () => {
  it('finds a known rotation, scale and shift to a third of a pixel, noise and other light notwithstanding', () => {
    const errors = Array.from({ length: 4 }, (_, index) => {
      const drawing = makePart(index, SIZE);
      const truth = aroundCentre(SIZE, SIZE, randomMotion(100 + index));
      const exemplar = draw(drawing, SIZE, SAME, 4, 7);
      const darker = draw((x, y) => drawing(x, y).map((value) => value * 0.8 + 5) as never, SIZE, invert(truth), 4, 8);
      const { transform, correlation, isReliable } = register(darker, exemplar);
      expect(isReliable).toBe(true);
      expect(correlation).toBeGreaterThan(0.85);
      return cornerError(transform, truth, SIZE);
    });
    expect(Math.max(...errors)).toBeLessThan(0.33);
  });

  it('finds the extremes of the range together', () => {
    const drawing = makePart(3, SIZE);
    for (const sign of [-1, 1]) {
      const motion = { degrees: sign * 10, scale: 1 + sign * 0.1, dx: sign * 24, dy: -sign * 20 };
      const truth = aroundCentre(SIZE, SIZE, motion);
      const { transform, overlap } = register(draw(drawing, SIZE, invert(truth), 3), draw(drawing, SIZE, SAME));
      expect(cornerError(transform, truth, SIZE)).toBeLessThan(0.5);
      expect(angleOf(transform)).toBeCloseTo(motion.degrees, 0);
      expect(scaleOf(transform)).toBeCloseTo(motion.scale, 2);
      expect(overlap).toBeLessThan(0.95);
    }
  });

  it('is not led astray by a defect', () => {
    const drawing = makePart(5, SIZE);
    const truth = aroundCentre(SIZE, SIZE, { degrees: 4, scale: 1.03, dx: 9, dy: -6 });
    const stained = draw(
      (x, y) => (Math.hypot(x - 100, y - 95) < 20 ? [20, 10, 10] : drawing(x, y)),
      SIZE,
      invert(truth),
    );
    const { transform } = register(stained, draw(drawing, SIZE, SAME));
    expect(cornerError(transform, truth, SIZE)).toBeLessThan(0.33);
  });

  it('matches images of different resolution', () => {
    const large = { width: 480, height: 400 };
    const drawing = makePart(2, SIZE);
    const motion = aroundCentre(SIZE, SIZE, { degrees: -6, scale: 0.95, dx: -12, dy: 8 });
    const half: Similarity = { a: 0.5, b: 0, x: 0, y: 0 };
    const part = draw(drawing, large, compose(invert(motion), half));
    const truth = compose(invert(half), motion);
    expect(cornerError(register(part, draw(drawing, SIZE, SAME)).transform, truth, SIZE)).toBeLessThan(0.7);
  });

  it('works on photographs of many pixels as on their reduced copies', () => {
    const truth = aroundCentre(SIZE, SIZE, { degrees: 5, scale: 1.04, dx: 8, dy: -4 });
    const large = enlarge(draw(makePart(2, SIZE), SIZE, invert(truth)), 10);
    const exemplar = draw(makePart(2, SIZE), SIZE, SAME);
    const found = register(large, exemplar);
    expect(cornerError(found.transform, compose(scaling(10), truth), SIZE) / 10).toBeLessThan(0.5);
    const { width, height } = differenceMap(large, exemplar, found.transform);
    expect(width / height).toBeCloseTo(1.2, 2);
  });

  it('says that it did not work for images that show different things, or nothing', () => {
    const part = draw(makePart(1, SIZE), SIZE, SAME, 3);
    for (const seed of [11, 12]) {
      const { isReliable, correlation } = register(part, draw(makePart(seed, SIZE), SIZE, SAME, 3, 5));
      expect(correlation).toBeLessThan(RELIABLE.correlation);
      expect(isReliable).toBe(false);
    }
    const nothing = draw(() => [120, 120, 120], SIZE, SAME);
    expect(register(part, nothing)).toMatchObject({ isReliable: false, correlation: 0 });
    expect(
      register(
        part,
        draw(() => [120, 120, 120], SIZE, SAME, 10),
      ).isReliable,
    ).toBe(false);
  });

  it('tells the samples’ kinds of part apart: the same kind is matched, another kind is not', async () => {
    const [flange, sameKind, board] = await Promise.all(
      ['flange-chip', 'flange-exemplar-2', 'circuit-board-exemplar-3'].map(readSample),
    );
    expect(register(flange!, sameKind!).correlation).toBeGreaterThan(0.85);
    expect(register(flange!, board!).correlation).toBeLessThan(0.4);
  });
});

describe('differenceMap', () => {
  const drawing = makePart(4, SIZE);
  const truth = aroundCentre(SIZE, SIZE, { degrees: 5, scale: 1.05, dx: 10, dy: 5 });
  const exemplar = draw(drawing, SIZE, SAME, 2, 3);
  const lighter = (x: number, y: number) => drawing(x, y).map((value) => value + 12) as [number, number, number];

  it('is quiet on a good part under other light, and shows a stain at its true size', () => {
    const good = differenceMap(draw(lighter, SIZE, invert(truth), 2), exemplar, truth);
    const covered = good.values.filter((value) => value !== NOT_COVERED);
    expect(covered.filter((value) => value > 24).length / covered.length).toBeLessThan(0.001);
    expect(good.brightness[0]).toBeGreaterThan(8);

    const stain = { x: 106, y: 100, radius: 12 };
    const stained = (x: number, y: number) =>
      Math.hypot(x - stain.x, y - stain.y) < stain.radius ? ([0, 0, 0] as const) : drawing(x, y);
    const map = differenceMap(draw(stained, SIZE, invert(truth), 2), exemplar, truth);
    const at = mapPoint(truth, stain);
    const area = map.values.filter((value) => value !== NOT_COVERED && value > 60).length;
    expect(map.values[Math.round(at.y) * map.width + Math.round(at.x)]).toBeGreaterThan(60);
    expect(area).toBeGreaterThan(0.7 * Math.PI * 12.6 ** 2);
    expect(area).toBeLessThan(1.1 * Math.PI * 12.6 ** 2);
  });

  it('claims nothing where there is no exemplar', () => {
    const shifted: Similarity = { a: 1, b: 0, x: 120, y: 0 };
    const map = differenceMap(exemplar, exemplar, shifted);
    expect(map.values[60 * map.width + 10]).toBe(NOT_COVERED);
    expect(map.values[60 * map.width + 200]).not.toBe(NOT_COVERED);
  });
});

describe('fitMapping', () => {
  it('lays another shape whole and centred', () => {
    const map = fitMapping({ width: 100, height: 50 }, { width: 200, height: 200 });
    expect(mapPoint(map, { x: 0, y: 0 })).toEqual({ x: 0, y: 50 });
    expect(mapPoint(map, { x: 100, y: 50 })).toEqual({ x: 200, y: 150 });
  });
});

/** Every pixel `times` x `times` times. */
function enlarge({ width, height, data: source }: Raster, times: number): Raster {
  const data = new Uint8Array(width * height * times * times * 3);
  for (let y = 0; y < height * times; y++) {
    for (let x = 0; x < width * times; x++) {
      const from = (Math.floor(y / times) * width + Math.floor(x / times)) * 3;
      data.set(source.subarray(from, from + 3), (y * width * times + x) * 3);
    }
  }
  return { width: width * times, height: height * times, data };
}

async function readSample(name: string): Promise<Raster> {
  const path = new URL(`../../../../../public/samples/${name}.jpg`, import.meta.url);
  const { data, info } = await sharp(readFileSync(path)).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data: new Uint8Array(data) };
}
