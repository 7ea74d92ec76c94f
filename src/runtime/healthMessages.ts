/** What page and worker say to each other about a library: its health, and features that are kept between visits. */
import type { StoredFeatures } from '@agentiad/core/tools/difference/featureStore.ts';
import type { LibraryHealth } from '@agentiad/core/tools/difference/health.ts';
import type { LibraryJob, Outcome } from './messages.ts';

/** Where the page keeps features; what it cannot keep is worked out again. `view`: tower's input and window. */
export interface KeptFeatures {
  get(towerSha256: string, sha256: string, view: string): Promise<StoredFeatures | null>;
  put(towerSha256: string, sha256: string, view: string, features: StoredFeatures): Promise<void>;
}

export interface HealthApi {
  /**
   * What is odd in the library; indices are those of the job's exemplars. Pauses while an image is inspected and ends at
   * the next call of `health`, then and without a model with null.
   */
  health(
    library: LibraryJob,
    onProgress: (done: number, total: number) => void,
  ): Promise<Outcome<LibraryHealth | null>>;
}
