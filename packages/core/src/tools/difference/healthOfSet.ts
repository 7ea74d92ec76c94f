/** The health of a set of exemplars, from the features that Library match compares with: worked out once for both. */
import type { ExemplarSet } from '../exemplars.ts';
import { seeExemplar, type FeatureStore } from './featureStore.ts';
import type { FeatureTower } from './featureTower.ts';
import { libraryHealth, type HealthRequest, type LibraryHealth } from './health.ts';
import { libraryMatchDefaults } from './options.ts';
import { wholeSizeOf } from './viewLibrary.ts';

/** `pause` is awaited before each exemplar is looked at, so that more urgent work goes first. */
export type HealthWatch = Pick<HealthRequest, 'onProgress' | 'isStopped'> & { readonly pause?: () => Promise<void> };

/** Indices are those of `set.exemplars`. */
export async function healthOfSet(
  tower: FeatureTower,
  set: ExemplarSet,
  store: FeatureStore,
  { pause, ...watch }: HealthWatch = {},
): Promise<LibraryHealth> {
  const size = wholeSizeOf(set.exemplars, libraryMatchDefaults);
  return libraryHealth({
    ...watch,
    count: set.exemplars.length,
    async features(index) {
      await pause?.();
      return (await seeExemplar(tower, set.exemplars[index]!, size, store)).features;
    },
  });
}
