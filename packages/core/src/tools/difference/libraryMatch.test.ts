import { readFile, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cropRaster } from '../../image/crop.ts';
import type { Box } from '../../image/box.ts';
import type { Raster } from '../../image/raster.ts';
import type { ByteSource } from '../../model/weightSource.ts';
import { createRandom } from '../../support/random.ts';
import type { Exemplar } from '../exemplars.ts';
import type { FeatureTower } from './featureTower.ts';
import { createLibraryMatch } from './libraryMatch.ts';
import { createTower } from './tower.ts';

const folder = path.resolve(import.meta.dirname, '../../../../../public/models/tower');
const shipped: ByteSource = {
  size: async (name) => (await stat(path.join(folder, name)).catch(() => null))?.size ?? null,
  read: async (name, start, end) => new Uint8Array(await readFile(path.join(folder, name))).slice(start, end),
};
const side = 128;
const whole: Box = [0, 0, 1, 1];
const small = { wholeSide: 128, cropSide: 96 };

/** A woven-looking texture with its own phase and grain: parts of one kind, no two alike. */
function drawPart(seed: number, blob?: Box): Raster {
  const random = createRandom(seed);
  const phase = random.next() * 0.4;
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const weave = 128 + 50 * Math.sin(x / 5 + phase) * Math.cos(y / 7 - phase) + 6 * random.normal();
      const isBlob = blob && x >= blob[0] && x < blob[2] && y >= blob[1] && y < blob[3];
      data.set(isBlob ? [200, 30, 30] : [weave, weave * 0.9, weave * 0.7], (y * side + x) * 3);
    }
  }
  return { width: side, height: side, data };
}

function exemplarOf(raster: Raster, id: string): Exemplar {
  return { id, name: `${id}.png`, sha256: `sha-${id}`, width: side, height: side, load: async () => raster };
}

const exemplars = [1, 2, 3, 4, 5].map((seed) => exemplarOf(drawPart(seed), `part${seed}`));
const blob: Box = [80, 32, 100, 48];

let tower: FeatureTower;
const matchWith = (count: number) =>
  createLibraryMatch({ tower, set: { category: 'weave', exemplars: exemplars.slice(0, count) }, options: small });
const compare = (count: number, raster: Raster, excludeSha256 = 'none', view = whole) =>
  matchWith(count).compare({ raster, view, topK: 3, excludeSha256 });

beforeAll(async () => {
  setWasmPaths(path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')) + path.sep);
  await tf.setBackend('wasm');
  tower = await createTower(shipped);
});
afterAll(() => tower.dispose());

describe('Library match', () => {
  it('finds a pasted blob at its place and calls it far out', async () => {
    const result = await compare(5, drawPart(9, blob));
    const [x1, y1, x2, y2] = result.places[0]!.box;
    expect(x1 * side).toBeLessThanOrEqual(blob[0]);
    expect(y1 * side).toBeLessThanOrEqual(blob[1]);
    expect(x2 * side).toBeGreaterThanOrEqual(blob[2]);
    expect(y2 * side).toBeGreaterThanOrEqual(blob[3]);
    expect((x2 - x1) * (y2 - y1)).toBeLessThan(0.2);
    expect(result.score).toBeGreaterThan(1.3);
    expect(result.places[0]!.ratio).toBe(result.score);
    expect(result.percentile).toBeGreaterThan(99);
    expect(result).toMatchObject({ calibrated: true, exemplarCount: 5 });
  });

  it('keeps quiet about another good part', async () => {
    const result = await compare(5, drawPart(9));
    expect(result.score).toBeLessThan(1.1);
    expect(result.percentile).toBeLessThan(95);
  });

  it('never compares a part with itself', async () => {
    const own = await exemplars[0]!.load();
    const result = await compare(5, own, 'sha-part1');
    expect(result.exemplarCount).toBe(4);
    expect(result.score).toBeGreaterThan(0.5);
    const withItself = await compare(5, own);
    expect(withItself.score).toBeLessThan(0.05);
  });

  it('compares without percentiles when there are one or two exemplars', async () => {
    const defective = await compare(1, drawPart(9, blob));
    const good = await compare(2, drawPart(9));
    expect(defective).toMatchObject({ calibrated: false, percentile: null, exemplarCount: 1 });
    expect(defective.places[0]!.percentile).toBeNull();
    expect(defective.score).toBeGreaterThan(1.3 * good.score);
  });

  it('refuses when no exemplar is left, saying what to add', async () => {
    await expect(compare(1, drawPart(1), 'sha-part1')).rejects.toMatchObject({ code: 'no-exemplars' });
  });

  it('looks at a crop in the same place of the exemplars', async () => {
    const view: Box = [0.5, 0.125, 1, 0.625];
    const cut = (raster: Raster) => cropRaster(raster, [64, 16, 128, 80]);
    const defective = await compare(5, cut(drawPart(9, blob)), 'none', view);
    const good = await compare(5, cut(drawPart(9)), 'none', view);
    expect(defective.score).toBeGreaterThan(1.3);
    expect(good.score).toBeLessThan(1.1);
    const [x1, y1, x2, y2] = defective.places[0]!.box;
    expect([x1 * 64 + 64, y1 * 64 + 16].every((value, i) => value <= blob[i]! + 1)).toBe(true);
    expect([x2 * 64 + 64, y2 * 64 + 16].every((value, i) => value >= blob[i + 2]! - 1)).toBe(true);
  });

  it('compares with the same few of many exemplars, however they are listed', async () => {
    const view: Box = [0.5, 0.125, 1, 0.625];
    const raster = cropRaster(drawPart(9, blob), [64, 16, 128, 80]);
    const scoreOf = async (listed: readonly Exemplar[]) => {
      const set = { category: 'weave', exemplars: listed };
      const match = createLibraryMatch({ tower, set, options: { ...small, cropExemplars: 3 } });
      return (await match.compare({ raster, view, topK: 3, excludeSha256: 'none' })).score;
    };
    expect(await scoreOf(exemplars.toReversed())).toBe(await scoreOf(exemplars));
  });

  it('ranks the exemplar that shows the same pixels first', async () => {
    const ranking = await matchWith(5).nearest({ raster: await exemplars[3]!.load(), excludeSha256: 'none' });
    expect(ranking[0]).toMatchObject({ exemplarIndex: 3 });
    expect(ranking[0]!.similarity).toBeCloseTo(1, 4);
    expect(ranking).toHaveLength(5);
  });

  it('repeats itself exactly and keeps no tensor', async () => {
    const match = matchWith(3);
    const request = { raster: drawPart(9, blob), view: whole, topK: 3, excludeSha256: 'none' };
    const before = tf.memory().numTensors;
    const first = await match.compare(request);
    await match.nearest(request);
    expect(tf.memory().numTensors).toBe(before);
    expect(await match.compare(request)).toEqual(first);
  });
});

describe('feature tower', () => {
  it('computes the same features on cpu as on wasm', { timeout: 60_000 }, async () => {
    const raster = drawPart(9, blob);
    const size = { width: 64, height: 64 };
    const wasm = await tower.extract(raster, size);
    await tf.setBackend('cpu');
    const onCpu = await createTower(shipped);
    const cpu = await onCpu.extract(raster, size);
    onCpu.dispose();
    await tf.setBackend('wasm');
    expect(cpu).toMatchObject({ rows: 8, columns: 8, dimension: wasm.dimension });
    const difference = cpu.patches.map((value, i) => Math.abs(value - wasm.patches[i]!));
    expect(Math.max(...difference)).toBeLessThan(1e-4);
  });

  it('gives unit-length patches', async () => {
    const { patches, dimension } = await tower.extract(drawPart(9));
    const length = Math.hypot(...patches.subarray(0, dimension));
    expect(length).toBeCloseTo(1, 5);
  });

  it('frees its weights', async () => {
    const before = tf.memory().numTensors;
    const another = await createTower(shipped);
    expect(tf.memory().numTensors).toBeGreaterThan(before);
    another.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('names a weight file with a flipped byte', async () => {
    const damaged: ByteSource = {
      size: shipped.size,
      read: async (name, start, end) => {
        const bytes = await shipped.read(name, start, end);
        if (name === 'tower.bin') bytes[1000]! ^= 1;
        return bytes;
      },
    };
    await expect(createTower(damaged)).rejects.toMatchObject({ code: 'tower-damaged' });
  });
});
