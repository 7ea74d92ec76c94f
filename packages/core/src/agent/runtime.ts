/**
 * What inspections run on: the model and the feature tower on one device, opened anew when that is lost. Library match
 * and the acting policy share one recovery, so that a device is opened once for both.
 */
import type { Backbone } from '../model/backbone.ts';
import { UserError } from '../support/userError.ts';
import type { LibraryMatch } from '../tools/difference/contract.ts';
import type { FeatureStore } from '../tools/difference/featureStore.ts';
import type { FeatureTower } from '../tools/difference/featureTower.ts';
import type { LibraryHealth } from '../tools/difference/health.ts';
import { healthOfSet, type HealthWatch } from '../tools/difference/healthOfSet.ts';
import { createLibraryMatch } from '../tools/difference/libraryMatch.ts';
import type { ExemplarSet } from '../tools/exemplars.ts';
import { MAX_RECOVERIES, type Recovery } from './recoveringPolicy.ts';

/** Everything on one device. */
export interface OpenedRuntime {
  readonly backbone: Backbone;
  readonly tower: FeatureTower;
  /** True once the device is gone, whatever error the work on it then ends with. */
  isLost(): boolean;
  /** Frees everything; also works on a lost device. */
  dispose(): Promise<void>;
}

export interface AgentRuntime {
  /** The model on the present device. */
  readonly backbone: Backbone;
  /** Library match over `set`; features are kept while the device lives. */
  match(set: ExemplarSet): LibraryMatch;
  /** What is odd in `set`. */
  health(set: ExemplarSet, watch?: HealthWatch): Promise<LibraryHealth>;
  /** What Library match sees with. */
  readonly tower: { readonly id: string; readonly sha256: string };
  readonly recovery: Recovery;
  dispose(): Promise<void>;
}

/** Errors after which another device may do: lost, out of memory, hung. The engine throws them. */
const outOfMemory = 'gpu-out-of-memory';
const lossCodes: readonly string[] = ['device-lost', outOfMemory, 'gpu-timeout'];

/** Keeps nothing; features take the stored form all the same, so that every host gets the same numbers. */
const forgetful: FeatureStore = { get: () => Promise.resolve(null), put: () => Promise.resolve() };

/**
 * `open` is called now and after every loss; it throws a UserError when there is no device or the model does not load.
 * `lowMemory`: the device ran out of memory before. `featuresOf`: where features of a set's exemplars are kept.
 */
export async function createAgentRuntime(
  open: (lowMemory: boolean) => Promise<OpenedRuntime>,
  featuresOf: (set: ExemplarSet) => FeatureStore = () => forgetful,
): Promise<AgentRuntime> {
  let lowMemory = false;
  let current = await open(lowMemory);
  let matches = new WeakMap<ExemplarSet, LibraryMatch>();
  /** The device was let go of and no other could be opened so far: whatever is tried now fails for that reason. */
  let isGone = false;

  const isLoss = (error: unknown) => {
    const code = error instanceof UserError ? error.code : null;
    if (code === outOfMemory) lowMemory = true;
    return isGone || current.isLost() || (code !== null && lossCodes.includes(code));
  };

  const rebuild = async (failed: Backbone): Promise<Backbone> => {
    if (failed !== current.backbone) return current.backbone;
    if (!isGone) await current.dispose();
    isGone = true;
    matches = new WeakMap();
    current = await open(lowMemory);
    isGone = false;
    return current.backbone;
  };

  const matchNow = (set: ExemplarSet): LibraryMatch => {
    const match = matches.get(set) ?? createLibraryMatch({ tower: current.tower, set, features: featuresOf(set) });
    matches.set(set, match);
    return match;
  };

  /** Library match keeps nothing between calls but features: after a loss the call is simply made again. */
  const persistently = async <T>(work: () => Promise<T>): Promise<T> => {
    for (let recoveries = 0; ; recoveries++) {
      const { backbone } = current;
      try {
        return await work();
      } catch (error) {
        if (!isLoss(error) || recoveries === MAX_RECOVERIES) throw error;
        await rebuild(backbone);
      }
    }
  };

  return {
    get backbone() {
      return current.backbone;
    },
    get tower() {
      const { id, sha256 } = current.tower;
      return { id, sha256 };
    },
    match: (set) => ({
      exemplarCount: set.exemplars.length,
      get towerSha256() {
        return current.tower.sha256;
      },
      compare: (request) => persistently(() => matchNow(set).compare(request)),
      nearest: (request) => persistently(() => matchNow(set).nearest(request)),
    }),
    health: (set, watch) => persistently(() => healthOfSet(current.tower, set, featuresOf(set), watch)),
    recovery: { isLoss, rebuild },
    dispose: async () => {
      if (!isGone) await current.dispose();
    },
  };
}
