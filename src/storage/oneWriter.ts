/** Storage of a tab that may have to read only: its writes are refused by name, counted, and told to the other tabs. */
import { UserError } from '@agentiad/core/support/userError.ts';
import type { Storage } from './storage.ts';
import { aroundWrites } from './writes.ts';

export interface OneWriterEnvironment {
  readonly isReadOnly: () => boolean;
  /** A write was refused: what the page shows of it is not stored. */
  readonly onRefused: () => void;
  readonly onWritten: () => void;
}

/** Nothing on a page changes with these. */
const UNSEEN: readonly (keyof Storage)[] = ['putFeatures', 'deleteFeaturesOfOtherTowers', 'collectGarbage'];

export interface OneWriter {
  readonly storage: Storage;
  /** Resolves when no write is under way, and none was for `quietMs`. */
  readonly whenWritten: (quietMs?: number) => Promise<void>;
}

export function createOneWriter(storage: Storage, environment: OneWriterEnvironment): OneWriter {
  const underWay = new Set<Promise<unknown>>();
  let writes = 0;
  return {
    storage: aroundWrites(storage, async (name, write) => {
      const isSeen = !UNSEEN.includes(name);
      if (environment.isReadOnly()) {
        if (isSeen) environment.onRefused();
        throw readsOnly();
      }
      writes += 1;
      const writing = write();
      underWay.add(writing);
      try {
        const result = await writing;
        if (isSeen) environment.onWritten();
        return result;
      } finally {
        underWay.delete(writing);
      }
    }),
    async whenWritten(quietMs = 0) {
      for (;;) {
        while (underWay.size > 0) await Promise.allSettled(underWay);
        const before = writes;
        if (quietMs > 0) await new Promise((resolve) => setTimeout(resolve, quietMs));
        if (writes === before) return;
      }
    },
  };
}

export function readsOnly(): UserError {
  return new UserError({
    code: 'tab-reads-only',
    subject: 'This tab',
    reason: 'only reads, because the studio is open in another tab, which writes. Nothing was changed.',
    remedy: 'Press “Use this tab instead”, or go on in the other tab.',
  });
}
