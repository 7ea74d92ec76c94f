import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { cropRaster } from '../../image/crop.ts';
import type { Raster } from '../../image/raster.ts';
import { createRandom } from '../../support/random.ts';
import type { FeatureTower } from './featureTower.ts';
import { findPeak, type PeakRequest } from './peak.ts';
import { see as seeWith, wholeView, type SeenView } from './seenView.ts';
import type { ScoreMap } from './scoreMap.ts';
import { createTower } from './tower.ts';
import { parseTowerManifest } from './towerManifest.ts';

const folder = path.resolve(import.meta.dirname, '../../../../../public/models/tower');
const readShipped = async (name: string) => new Uint8Array(await readFile(path.join(folder, name)));
const side = 128;

function drawPart(seed: number, mark: (x: number, y: number) => boolean = () => false): Raster {
  const random = createRandom(seed);
  const data = new Uint8Array(side * side * 3);
  for (let at = 0; at < side * side; at++) {
    const [x, y] = [at % side, Math.floor(at / side)];
    const value = 128 + 50 * Math.sin(x / 5) * Math.cos(y / 7) + 4 * random.normal();
    data.set(mark(x, y) ? [230, 230, 230] : [value, value, value], at * 3);
  }
  return { width: side, height: side, data };
}

let tower: FeatureTower;

beforeAll(async () => {
  await tf.setBackend('cpu');
  tower = await createTower({
    size: async (name) => (await readShipped(name)).length,
    read: async (name, start, end) => (await readShipped(name)).slice(start, end),
  });
});

const see = (raster: Raster): Promise<SeenView> => seeWith(tower, raster, raster, wholeView);
const peakOf = (request: Omit<PeakRequest, 'tower' | 'isAllowed'>, isAllowed: PeakRequest['isAllowed'] = () => true) =>
  findPeak({ tower, isAllowed, ...request });

/** 0 but for one cell of 8 pixels. */
function mapWithPeak(column: number, row: number): ScoreMap {
  const values = new Float32Array(16 * 16).fill(0.2);
  values[row * 16 + column] = 1;
  return { rows: 16, columns: 16, values };
}

describe('peak', { timeout: 60_000 }, () => {
  it('lies on a scratch of two pixels that the middle of the cell misses', async () => {
    const isScratch = (x: number, y: number) => (x === 66 || x === 67) && y >= 40 && y < 100;
    const banks = [await see(drawPart(1)), await see(drawPart(2))];
    const peak = (await peakOf({ query: await see(drawPart(3, isScratch)), banks, pointing: mapWithPeak(8, 9) }))!;
    const [x, y] = peak.map((value) => Math.floor(value * side)) as [number, number];
    expect(isScratch(68, 76)).toBe(false);
    expect(isScratch(x, y)).toBe(true);
  });

  it('stays within the largest cell and its neighbours', async () => {
    const banks = [await see(drawPart(1))];
    const query = await see(drawPart(3, (x) => x > 90));
    const [x, y] = (await peakOf({ query, banks, pointing: mapWithPeak(8, 9) }))!;
    expect(Math.abs(x * side - 68)).toBeLessThanOrEqual(6);
    expect(Math.abs(y * side - 76)).toBeLessThanOrEqual(6);
  });

  it('is found in a corner, and nowhere in an empty map', async () => {
    const banks = [await see(drawPart(1))];
    const query = await see(drawPart(3, (x, y) => x < 3 && y < 3));
    const [x, y] = (await peakOf({ query, banks, pointing: mapWithPeak(0, 0) }))!;
    expect(Math.max(x, y) * side).toBeLessThan(6);
    const empty = { rows: 16, columns: 16, values: new Float32Array(256) };
    expect(await peakOf({ query, banks, pointing: empty })).toBeNull();
    expect(await peakOf({ query, banks, pointing: mapWithPeak(0, 0) }, () => false)).toBeNull();
  });
});

describe('fine features', { timeout: 60_000 }, () => {
  it('of a window are those of the whole, but for its rim', async () => {
    const raster = drawPart(4);
    const whole = await tower.extractFine([raster]);
    const window = await tower.extractFine([cropRaster(raster, [32, 48, 88, 104])]);
    expect(whole).toMatchObject({ stride: 2, rows: 64, columns: 64 });
    const { dimension } = whole;
    for (let row = 3; row < 25; row++) {
      for (let column = 3; column < 25; column++) {
        const a = ((row + 24) * 64 + column + 16) * dimension;
        const b = (row * 28 + column) * dimension;
        for (let i = 0; i < dimension; i++) {
          expect(Math.abs(whole.patches[0]![a + i]! - window.patches[0]![b + i]!)).toBeLessThan(1e-5);
        }
      }
    }
  });

  it('are those of a plain float64 convolution with the shipped weights', async () => {
    const raster = cropRaster(drawPart(5), [0, 0, 16, 12]);
    const fine = await tower.extractFine([raster]);
    const expected = await referenceFine(raster);
    expect(expected).toHaveLength(fine.patches[0]!.length);
    const difference = expected.map((value, i) => Math.abs(value - fine.patches[0]![i]!));
    expect(Math.max(...difference)).toBeLessThan(1e-4);
  });
});

/** stem, block0.depthwise, block0.project, mean over 3 x 3, unit length: loops over float64, "same" padding as TensorFlow. */
async function referenceFine(raster: Raster): Promise<number[]> {
  const manifest = parseTowerManifest(new TextDecoder().decode(await readShipped('tower.json')));
  const bytes = await readShipped(manifest.file);
  let grid = { rows: raster.height, columns: raster.width, channels: 3 };
  const { mean, std } = manifest.normalisation;
  let values = Array.from(raster.data, (value) => (value - mean) / std);
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const half = (at: number) => {
    const bits = view.getUint16(at, true);
    const exponent = (bits >> 10) & 31;
    const fraction = (bits & 1023) / 1024;
    return (bits >> 15 ? -1 : 1) * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
  };
  for (const layer of manifest.layers.slice(0, 3)) {
    const { stride, kernelSize: k, outputs } = layer;
    const [rows, columns] = [Math.ceil(grid.rows / stride), Math.ceil(grid.columns / stride)];
    const padTop = Math.max(0, (rows - 1) * stride + k - grid.rows) >> 1;
    const padLeft = Math.max(0, (columns - 1) * stride + k - grid.columns) >> 1;
    const next: number[] = [];
    for (let at = 0; at < rows * columns; at++) {
      for (let output = 0; output < outputs; output++) {
        let sum = view.getFloat32(layer.biasOffset + 4 * output, true);
        for (let tap = 0; tap < k * k; tap++) {
          const y = Math.floor(at / columns) * stride - padTop + Math.floor(tap / k);
          const x = (at % columns) * stride - padLeft + (tap % k);
          if (x < 0 || y < 0 || x >= grid.columns || y >= grid.rows) continue;
          const from = (y * grid.columns + x) * grid.channels;
          if (layer.op === 'depthwise')
            sum += values[from + output]! * half(layer.kernelOffset + 2 * (tap * outputs + output));
          else
            for (let c = 0; c < grid.channels; c++)
              sum += values[from + c]! * half(layer.kernelOffset + 2 * ((tap * grid.channels + c) * outputs + output));
        }
        next.push(layer.relu6 ? Math.min(6, Math.max(0, sum)) : sum);
      }
    }
    values = next;
    grid = { rows, columns, channels: outputs };
  }
  const { rows, columns, channels } = grid;
  return Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    const around = Array.from(
      { length: 9 },
      (_, tap) => [row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1] as const,
    );
    const inside = around.filter(([r, c]) => r >= 0 && c >= 0 && r < rows && c < columns);
    const means = Array.from(
      { length: channels },
      (_, c) => inside.reduce((sum, [r, x]) => sum + values[(r * columns + x) * channels + c]!, 0) / inside.length,
    );
    const length = Math.hypot(...means);
    return means.map((value) => value / length);
  }).flat();
}
