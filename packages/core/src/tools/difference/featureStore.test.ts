import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FeatureStore, StoredFeatures } from './featureStore.ts';
import { createLibraryMatch } from './libraryMatch.ts';
import { colourTower, drawGrey, exemplarOf } from './testing.ts';

beforeAll(async () => void (await tf.setBackend('cpu')));

function memoryStore() {
  const records = new Map<string, StoredFeatures>();
  const store: FeatureStore = {
    get: async (sha256, key) => records.get(`${sha256}/${key}`) ?? null,
    put: async (sha256, key, features) => void records.set(`${sha256}/${key}`, structuredClone(features)),
  };
  return { records, store };
}

const loads = { count: 0 };
const exemplars = [1, 2, 3, 4].map((seed) => {
  const exemplar = exemplarOf(drawGrey(seed), `good${seed}`);
  return { ...exemplar, load: () => ((loads.count += 1), exemplar.load()) };
});
const open = (features: FeatureStore | null, tower = colourTower(), wholeSide = 64) => ({
  tower,
  match: createLibraryMatch({ tower, set: { category: 'grey', exemplars }, options: { wholeSide }, features }),
});
const request = { raster: drawGrey(9, [20, 20]), view: [0, 0, 1, 1], topK: 3, excludeSha256: 'none' } as const;

describe('stored features', () => {
  it('spare the tower and the decoder, and give the same numbers as the first time', async () => {
    const { store, records } = memoryStore();
    const first = await open(store).match.compare(request);
    expect(records.size).toBe(4);
    loads.count = 0;
    const again = open(store);
    expect(await again.match.compare(request)).toEqual(first);
    expect(again.tower.calls.extract).toBe(1);
    expect(loads.count).toBe(0);
  });

  // Three numbers a patch: the tower's 88 leave a thousandth of this (docs/results.md).
  it('differ little from full precision', async () => {
    const stored = await open(memoryStore().store).match.compare(request);
    const full = await open(null).match.compare(request);
    expect(Math.abs(stored.score / full.score - 1)).toBeLessThan(0.03);
    expect(stored.places.map(({ box }) => box)).toEqual(full.places.map(({ box }) => box));
  });

  it('of another tower or another size are not used', async () => {
    const { store, records } = memoryStore();
    await open(store).match.compare(request);
    const foreign = open(store, { ...colourTower(), sha256: 'd'.repeat(64) });
    await foreign.match.compare(request);
    expect(records.size).toBe(8);
    await open(store, colourTower(), 128).match.compare(request);
    expect(records.size).toBe(12);
  });

  it('that were cut short are worked out anew', async () => {
    const { store, records } = memoryStore();
    const first = await open(store).match.compare(request);
    for (const [key, record] of records) records.set(key, { ...record, patches: record.patches.slice(0, 5) });
    expect(await open(store).match.compare(request)).toEqual(first);
  });
});
