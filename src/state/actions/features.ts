/** What the feature tower made of exemplars, kept between visits. It only saves time: what cannot be kept is not missed. */
import type { StoredFeatures } from '@agentiad/core/tools/difference/featureStore.ts';
import type { KeptFeatures } from '../../runtime/healthMessages.ts';
import type { Storage } from '../../storage/storage.ts';

export function keptFeatures(storage: () => Pick<Storage, 'readFeatures' | 'putFeatures'>): KeptFeatures {
  const key = (towerSha256: string, sha256: string, view: string) => `${towerSha256}:${sha256}:${view}`;
  return {
    async get(towerSha256, sha256, view) {
      const record = await storage()
        .readFeatures(key(towerSha256, sha256, view))
        .catch(() => null);
      // Checked by who asked for it: a record cut short is worked out anew.
      return (record?.features as StoredFeatures | undefined) ?? null;
    },
    async put(towerSha256, sha256, view, features) {
      await storage()
        .putFeatures({ key: key(towerSha256, sha256, view), towerSha256, sha256, features })
        .catch(() => {});
    },
  };
}
