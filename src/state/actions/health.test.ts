// @vitest-environment node
import 'fake-indexeddb/auto';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { exemplarRecord } from '../../testing/records.ts';
import { createTestStudio, type TestStudio } from '../../testing/studioContext.ts';
import { setEnabled } from './exemplars.ts';
import { keptFeatures } from './features.ts';
import { checkHealth } from './health.ts';
import { makeRoom } from './room.ts';

let studio: TestStudio;
const told = () => studio.store.getState().health['cap'];

beforeEach(() => {
  studio = createTestStudio();
  const exemplars = ['a', 'b', 'c', 'd'].map((id) =>
    exemplarRecord({ id, category: 'cap', name: `${id}.png`, sha256: `sha-${id}` }),
  );
  studio.store.setState({ exemplars });
});

describe('looking for odd good parts', () => {
  it('tells them by their ids, and looks again only when the good parts have changed', async () => {
    const health = vi.spyOn(studio.engine, 'health').mockImplementation((_library, onProgress) => {
      onProgress(2, 4);
      return Promise.resolve({
        suspects: [{ index: 2, ratio: 1.7 }],
        nearDuplicates: [{ pair: [0, 1], distance: 0.02 }],
        ratios: [],
      });
    });
    await checkHealth(studio, 'cap');
    expect(told()).toMatchObject({ isRunning: false, suspects: [{ id: 'c', ratio: 1.7 }], alike: [['a', 'b']] });
    await checkHealth(studio, 'cap');
    expect(health).toHaveBeenCalledTimes(1);
    await setEnabled(studio, ['a'], false);
    await checkHealth(studio, 'cap');
    expect(health.mock.calls[1]![0].exemplars.map(({ id }) => id)).toEqual(['b', 'c', 'd']);
  });

  it('tries again when it was ended for another kind', async () => {
    const health = vi.spyOn(studio.engine, 'health').mockResolvedValue(null);
    await checkHealth(studio, 'cap');
    expect(told()).toMatchObject({ isRunning: false });
    await checkHealth(studio, 'cap');
    expect(health).toHaveBeenCalledTimes(2);
  });

  it('waits until an import is over', async () => {
    const health = vi.spyOn(studio.engine, 'health');
    studio.store.setState({ importing: { stage: 'taking', done: 1, total: 2, isStopping: false } });
    await checkHealth(studio, 'cap');
    expect(health).not.toHaveBeenCalled();
  });
});

describe('features', () => {
  const features = { rows: 1, columns: 1 } as never;

  it('of a tower that this version of the page does not have any more are dropped, without the library being opened', async () => {
    const of = (towerSha256: string) => ({ key: `${towerSha256}:x:0`, towerSha256, sha256: 'x', features: {} });
    await studio.storage.putExemplar(exemplarRecord({ id: 'x', category: 'cap', name: 'x.png', sha256: 'x' }));
    for (const tower of ['tower', 'tower of last year']) await studio.storage.putFeatures(of(tower));
    await makeRoom(studio);
    expect(await studio.storage.readFeatures('tower of last year:x:0')).toBeNull();
    expect(await studio.storage.readFeatures('tower:x:0')).not.toBeNull();
  });

  it('are kept by tower, image and view', async () => {
    const kept = keptFeatures(() => studio.storage);
    await kept.put('tower', 'sha-a', '320x320', features);
    expect(await kept.get('tower', 'sha-a', '320x320')).toEqual(features);
    expect(await kept.get('tower', 'sha-a', '160x160')).toBeNull();
    expect(await kept.get('other', 'sha-a', '320x320')).toBeNull();
  });

  it('are not missed where storage refuses them', async () => {
    const refuse = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    const kept = keptFeatures(() => ({ readFeatures: refuse, putFeatures: refuse }));
    await expect(kept.put('tower', 'sha-a', '320x320', features)).resolves.toBeUndefined();
    await expect(kept.get('tower', 'sha-a', '320x320')).resolves.toBeNull();
  });
});
