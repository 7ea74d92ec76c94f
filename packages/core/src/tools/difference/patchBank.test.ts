import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../support/random.ts';
import type { PatchFeatures } from './featureTower.ts';
import { createLibraryMatch } from './libraryMatch.ts';
import { chooseCoreset, createBankBuilder, distancesWithout } from './patchBank.ts';
import { colourTower, drawGrey, exemplarOf } from './testing.ts';

beforeAll(async () => void (await tf.setBackend('cpu')));

const dimension = 6;

function randomFeatures(seed: number, cells = 20): PatchFeatures {
  const random = createRandom(seed);
  const patches = new Float32Array(cells * dimension);
  for (let cell = 0; cell < cells; cell++) {
    const values = Array.from({ length: dimension }, () => random.normal());
    patches.set(
      values.map((value) => value / Math.hypot(...values)),
      cell * dimension,
    );
  }
  return { rows: 1, columns: cells, dimension, patches, embedding: new Float32Array(1) };
}

/** Smallest Euclidean distance, float64, over all patches of `banks`. */
function exhaustive(query: PatchFeatures, banks: readonly PatchFeatures[]): number[] {
  return Array.from({ length: query.columns }, (_, cell) => {
    const distances = banks.flatMap((bank) =>
      Array.from({ length: bank.columns }, (_unused, other) => {
        let square = 0;
        for (let d = 0; d < dimension; d++) {
          square += (query.patches[cell * dimension + d]! - bank.patches[other * dimension + d]!) ** 2;
        }
        return Math.sqrt(square);
      }),
    );
    return Math.min(...distances);
  });
}

const expectClose = (found: Float32Array, expected: readonly number[]) =>
  found.forEach((value, cell) => expect(Math.abs(value - expected[cell]!)).toBeLessThan(1e-3));

describe('patch bank', () => {
  it('with room for every patch finds what an exhaustive search finds, also without any one exemplar', async () => {
    const exemplars = Array.from({ length: 12 }, (_, seed) => randomFeatures(seed + 1));
    const builder = createBankBuilder(20);
    for (const exemplar of exemplars) await builder.add(exemplar);
    const bank = builder.build();
    const query = randomFeatures(99);
    const nearest = await bank.search(query, null);
    expectClose(nearest.first, exhaustive(query, exemplars));
    for (const left of [0, 5, 11]) {
      const others = exemplars.filter((_, i) => i !== left);
      expectClose(distancesWithout(nearest, left), exhaustive(query, others));
      expectClose((await bank.search(exemplars[left]!, left)).first, exhaustive(exemplars[left]!, others));
    }
    const without3 = await bank.search(query, 3);
    const others = exemplars.filter((_, i) => i !== 3 && i !== 7);
    expectClose(distancesWithout(without3, 7), exhaustive(query, others));
  });

  it('searched in several blocks gives the same, and keeps no tensor', async () => {
    const exemplars = Array.from({ length: 9 }, (_, seed) => randomFeatures(seed + 1, 1000));
    const builder = createBankBuilder(1000);
    for (const exemplar of exemplars) await builder.add(exemplar);
    const before = tf.memory().numTensors;
    const query = randomFeatures(99);
    expectClose((await builder.build().search(query, null)).first, exhaustive(query, exemplars));
    expect(tf.memory().numTensors).toBe(before);
  });

  it('takes one of each kind of patch before a second of any', () => {
    const centres = [-9, -4, 0, 5, 11];
    const points = Float32Array.from({ length: 200 }, (_, i) => centres[i % 5]! + 0.01 * Math.sin(i));
    const chosen = Array.from(chooseCoreset(points, 1, 5), (i) => i % 5);
    expect(chosen.sort()).toEqual([0, 1, 2, 3, 4]);
  });

  it('of fewer patches than asked for has them all', () => {
    const chosen = chooseCoreset(Float32Array.of(1, 5, 9), 1, 7);
    expect(new Set(chosen)).toEqual(new Set([0, 1, 2]));
  });
});

describe('Library match over a large library', () => {
  const exemplars = Array.from({ length: 30 }, (_, i) => exemplarOf(drawGrey(i + 1), `good${i}`));
  const options = { wholeSide: 64, wholeExemplars: 6, bankPatches: 600 };
  const open = (all = exemplars) =>
    createLibraryMatch({ tower: colourTower(), set: { category: 'grey', exemplars: all }, options });
  const request = { view: [0, 0, 1, 1], topK: 3, excludeSha256: 'none' } as const;

  it('finds a defect, is quiet about a good part, and counts all exemplars', async () => {
    const match = open();
    const bad = await match.compare({ ...request, raster: drawGrey(99, [20, 20]) });
    const fine = await match.compare({ ...request, raster: drawGrey(98) });
    expect(bad.score).toBeGreaterThan(3);
    expect(fine.score).toBeLessThan(1.2);
    expect(bad).toMatchObject({ exemplarCount: 30, calibrated: true });
    expect(await open().compare({ ...request, raster: drawGrey(98) })).toEqual(fine);
  });

  it.each([0, 4])('never compares a part with itself (exemplar %i, known by its hash)', async (index) => {
    const marked = exemplars.map((exemplar, i) =>
      i === index ? exemplarOf(drawGrey(1, [20, 20]), exemplar.id) : exemplar,
    );
    const raster = drawGrey(1, [20, 20]);
    const own = await open(marked).compare({ ...request, raster, excludeSha256: `sha-good${index}` });
    const stranger = await open(marked).compare({ ...request, raster });
    expect(own).toMatchObject({ exemplarCount: 29 });
    expect(own.score).toBeGreaterThan(3);
    expect(stranger.score).toBeLessThan(own.score / 3);
  });

  it('ranks every exemplar by likeness', async () => {
    const ranking = await open().nearest({ raster: await exemplars[17]!.load(), excludeSha256: 'none' });
    expect(ranking).toHaveLength(30);
    expect(ranking[0]).toMatchObject({ exemplarIndex: 17 });
  });
});
