/** What the page hands to a worker for one call stays open in both, with all it refers to, until it is let go of. */
import { releaseProxy } from 'comlink';

/** Does `work`, then lets go of functions that came over from the page; those of this side stay as they are. */
export async function lettingGo<T>(
  handed: readonly ((...given: never[]) => unknown)[],
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } finally {
    for (const one of handed) (one as { readonly [releaseProxy]?: () => void })[releaseProxy]?.();
  }
}
