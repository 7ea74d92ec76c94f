/**
 * One prompt for several sequences: the first that is fed it runs it, those that ask for the same before that is done get
 * a copy of its keys, values and logits.
 */
import type { ProcessedImage } from '../image/processor.ts';
import type { Sequence } from './sequence.ts';

export interface Forks {
  /**
   * Feeds the first tokens of `sequence`, by `feed` or as a copy. False when a signal ended `feed`; a copy that cannot be
   * had is fed.
   */
  first(prompt: Prompt, sequence: Sequence, feed: (then: () => Promise<void>) => Promise<boolean>): Promise<boolean>;
}

export interface Prompt {
  readonly ids: readonly number[];
  readonly images: readonly ProcessedImage[];
}

interface Waiting {
  readonly sequence: Sequence;
  end(isCopied: boolean): void;
}

export function createForks(): Forks {
  const running = new Map<string, Waiting[]>();
  return {
    async first({ ids, images }, sequence, feed) {
      const key = JSON.stringify([ids, images.map(({ sha256, grid }) => [sha256, grid.height, grid.width])]);
      const others = running.get(key);
      if (others) {
        const isCopied = await new Promise<boolean>((end) => others.push({ sequence, end }));
        return isCopied || feed(() => Promise.resolve());
      }
      const waiting: Waiting[] = [];
      running.set(key, waiting);
      const copied = new Set<Waiting>();
      try {
        return await feed(async () => {
          running.delete(key);
          for (const other of waiting) {
            await other.sequence.copyFrom(sequence);
            copied.add(other);
          }
        });
      } finally {
        running.delete(key);
        waiting.forEach((other) => other.end(copied.has(other)));
      }
    },
  };
}
