/** The order in which samples are seen: whole passes, shuffled anew each. Its state is plain JSON, so that a run resumes. */
import type { Random } from '@agentiad/core/support/random.ts';
import { shuffled } from '../data/split.ts';

/** Batches sorted together by length waste little padding; more would make batches of one mode only. */
const BATCHES_SORTED = 4;

/** Coarse on purpose: an anomalous answer is a few tokens longer than a normal one, and labels must stay mixed. */
const LENGTH_CLASS = 128;

export interface BatchState {
  /** Indices of samples still to come in this pass, last first. */
  readonly queue: readonly number[];
  /** Batches already put together, last first. */
  readonly batches: readonly (readonly number[])[];
}

export interface Batches {
  /** Indices of the next batch. */
  next(): readonly number[];
  state(): BatchState;
  restore(state: BatchState): void;
}

/** Batches of `size` out of samples with these `lengths`. Inside every few batches, similar lengths go together. */
export function createBatches(lengths: readonly number[], size: number, random: Random): Batches {
  let queue: number[] = [];
  let batches: (readonly number[])[] = [];
  const everyIndex = lengths.map((_, index) => index);
  const lengthClass = (index: number) => Math.ceil(lengths[index]! / LENGTH_CLASS);
  const refill = () => {
    const chunk: number[] = [];
    while (chunk.length < size * BATCHES_SORTED) {
      if (queue.length === 0) queue = shuffled(everyIndex, random);
      chunk.push(queue.pop()!);
    }
    chunk.sort((a, b) => lengthClass(a) - lengthClass(b));
    const cut = Array.from({ length: BATCHES_SORTED }, (_, index) => chunk.slice(index * size, (index + 1) * size));
    batches = shuffled(cut, random);
  };
  return {
    next() {
      if (batches.length === 0) refill();
      return batches.pop()!;
    },
    state: () => ({ queue: queue.slice(), batches: batches.slice() }),
    restore(state) {
      queue = state.queue.slice();
      batches = state.batches.slice();
    },
  };
}
