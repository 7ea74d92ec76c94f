/** The worker's side of a library's health: in the background, out of the way of inspections. */
import type { WindowChoice } from '@agentiad/core/image/windowLevel.ts';
import type { FeatureStore } from '@agentiad/core/tools/difference/featureStore.ts';
import type { ExemplarSet } from '@agentiad/core/tools/exemplars.ts';
import type { HealthApi, KeptFeatures } from './healthMessages.ts';
import type { Inspector } from './inspector.ts';
import { outcomeOf, type LibraryJob } from './messages.ts';

/** While something is inspected, it is looked this often whether that has ended. */
const PAUSE_MS = 150;

interface Host {
  readonly inspector: () => Inspector | null;
  readonly isRunning: () => boolean;
  readonly exemplars: (library: LibraryJob) => ExemplarSet;
}

export function createHealthApi({ inspector, isRunning, exemplars }: Host): HealthApi {
  let newest: symbol | null = null;
  return {
    health: (library, onProgress) =>
      outcomeOf(library.category, async () => {
        const mine = Symbol('health');
        newest = mine;
        const using = inspector();
        if (!using) return null;
        const isStopped = () => newest !== mine || inspector() !== using;
        const pause = async () => {
          while (isRunning() && !isStopped()) await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
          if (isStopped()) throw STOPPED;
        };
        try {
          return await using.health(exemplars(library), { onProgress, isStopped, pause });
        } catch (error) {
          if (error === STOPPED) return null;
          throw error;
        }
      }),
  };
}

const STOPPED = new Error('another library is looked at');

/** The page's features for one set: those of images reduced with another window are others. */
export function featuresIn(kept: KeptFeatures, window: WindowChoice): FeatureStore {
  const viewOf = (size: string) => (window.rule === 'depth' ? size : `${size}:${JSON.stringify(window)}`);
  const parts = (key: string) => {
    const at = key.indexOf(':');
    return [key.slice(0, at), viewOf(key.slice(at + 1))] as const;
  };
  return {
    get(sha256, key) {
      const [tower, view] = parts(key);
      return kept.get(tower, sha256, view);
    },
    put(sha256, key, features) {
      const [tower, view] = parts(key);
      return kept.put(tower, sha256, view, features);
    },
  };
}
