/** A made-up feature tower and parts for it, for tests that need no pretrained features. */
import type { Raster } from '../../image/raster.ts';
import { resizeRaster } from '../../image/resize.ts';
import { createRandom } from '../../support/random.ts';
import type { Exemplar } from '../exemplars.ts';
import type { FeatureTower } from './featureTower.ts';

const CELL = 8;

/** Per cell of 8 pixels the mean colour, unit length. Counts what it was asked. */
export function colourTower(): FeatureTower & { readonly calls: { extract: number } } {
  const calls = { extract: 0 };
  return {
    id: 'colour',
    sha256: 'c'.repeat(64),
    calls,
    async extract(raster, size = raster) {
      calls.extract += 1;
      const { patches, rows, columns } = cells(resizeRaster(raster, size.width, size.height), CELL);
      const length = Math.sqrt(rows * columns);
      return { rows, columns, dimension: 3, patches, embedding: patches.map((value) => value / length) };
    },
    async extractFine(rasters) {
      const all = rasters.map((raster) => cells(raster, 2));
      const { rows, columns } = all[0]!;
      return { stride: 2, rows, columns, dimension: 3, patches: all.map(({ patches }) => patches) };
    },
    dispose() {},
  };
}

function cells({ width, height, data }: Raster, side: number) {
  const [rows, columns] = [height / side, width / side];
  const patches = new Float32Array(rows * columns * 3);
  for (let at = 0; at < width * height; at++) {
    const cell = Math.floor(Math.floor(at / width) / side) * columns + Math.floor((at % width) / side);
    for (let c = 0; c < 3; c++) patches[cell * 3 + c]! += data[at * 3 + c]!;
  }
  for (let cell = 0; cell < rows * columns; cell++) {
    const length = Math.hypot(...patches.subarray(cell * 3, cell * 3 + 3));
    for (let c = 0; c < 3; c++) patches[cell * 3 + c]! /= length;
  }
  return { patches, rows, columns };
}

/** 64 x 64 pixels, every 8 of them another greyish colour, with a coloured square of 12 pixels at [x, y] if asked. */
export function drawGrey(
  seed: number,
  square?: readonly [x: number, y: number],
  colour: readonly [number, number, number] = [220, 30, 30],
): Raster {
  const random = createRandom(seed);
  const tints = Array.from({ length: 64 * 3 }, () => 120 + 20 * random.normal());
  const data = new Uint8Array(64 * 64 * 3);
  for (let at = 0; at < 64 * 64; at++) {
    const [x, y] = [at % 64, Math.floor(at / 64)];
    const cell = Math.floor(y / CELL) * 8 + Math.floor(x / CELL);
    const isMarked = square && x >= square[0] && x < square[0] + 12 && y >= square[1] && y < square[1] + 12;
    data.set(isMarked ? colour : tints.slice(cell * 3, cell * 3 + 3), at * 3);
  }
  return { width: 64, height: 64, data };
}

export function exemplarOf(raster: Raster, id: string): Exemplar {
  const { width, height } = raster;
  return { id, name: `${id}.png`, sha256: `sha-${id}`, width, height, load: async () => raster };
}
