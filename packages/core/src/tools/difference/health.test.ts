import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Raster } from '../../image/raster.ts';
import { mixSeed } from '../../support/random.ts';
import { libraryHealth, ratiosAgainstOthers, suspectRatio } from './health.ts';
import { colourTower, drawGrey } from './testing.ts';

beforeAll(async () => void (await tf.setBackend('cpu')));

const healthOf = async (rasters: readonly Raster[], extra: object = {}) => {
  const tower = colourTower();
  return libraryHealth({
    count: rasters.length,
    features: (index) => tower.extract(rasters[index]!),
    sameBelow: 0.01,
    ...extra,
  });
};
/** Parts of one kind: mostly the same, each a little its own. */
const part = (seed: number, square?: readonly [number, number]): Raster => {
  const [kind, own] = [drawGrey(1), drawGrey(mixSeed('part', seed), square)];
  const isMarked = (at: number) => own.data[at - (at % 3)] === 220;
  return {
    ...kind,
    data: kind.data.map((value, at) => (isMarked(at) ? own.data[at]! : 0.7 * value + 0.3 * own.data[at]!)),
  };
};
const good = Array.from({ length: 8 }, (_, seed) => part(seed));
const brighter = (raster: Raster): Raster => ({
  ...raster,
  data: raster.data.map((value) => Math.round(value * 1.02)),
});

describe('health of a library', () => {
  it('of different good parts has nothing to say', async () => {
    const health = await healthOf(good);
    expect(health.nearDuplicates).toEqual([]);
    expect(health.suspects).toEqual([]);
    expect(health.ratios).toHaveLength(8);
  });

  it('names a defective part among the good ones, and no other', async () => {
    const { suspects } = await healthOf([...good, part(20, [20, 20])]);
    expect(suspects.map(({ index }) => index)).toEqual([8]);
    expect(suspects[0]!.ratio).toBeGreaterThan(suspectRatio);
  });

  it('names the same photograph taken twice', async () => {
    const { nearDuplicates } = await healthOf([...good, brighter(good[3]!)]);
    expect(nearDuplicates.map(({ pair }) => pair)).toEqual([[3, 8]]);
  });

  it('judges nobody in a library of three, and stops when told', async () => {
    expect((await healthOf(good.slice(0, 3))).ratios).toEqual([null, null, null]);
    const seen: number[] = [];
    const stopped = await healthOf(good, {
      onProgress: (done: number) => seen.push(done),
      isStopped: () => seen.length === 5,
    });
    expect(seen).toEqual([1, 2, 3, 4, 5]);
    expect(stopped.ratios.map((ratio) => ratio === null)).toEqual([...Array<boolean>(5).fill(false), true, true, true]);
  });

  it('ratios: one map twice as far as three equal ones is at 2', () => {
    const map = (value: number) => ({ rows: 2, columns: 2, values: new Float32Array(4).fill(value) });
    const ratios = ratiosAgainstOthers([map(0.3), map(0.3), map(0.3), map(0.6)]);
    expect(ratios[3]).toBeCloseTo(2, 5);
    expect(ratios[0]!).toBeLessThan(suspectRatio);
  });
});
