/** The random numbers handed to the GPU ahead of time: those of steps that were dropped are used for the next ones. */
import type { Sampler } from '../model/sampler.ts';

export interface Draws {
  /** The next `count` numbers of the sampler's stream. */
  take(sampler: Sampler, count: number): number[];
  /** The last `count` of those taken were not used. */
  giveBack(sampler: Sampler, count: number): void;
}

export function createDraws(): Draws {
  const unused = new WeakMap<Sampler, number[]>();
  let taken: number[] = [];
  return {
    take(sampler, count) {
      const kept = unused.get(sampler) ?? [];
      taken = kept.splice(0, count);
      while (taken.length < count) taken.push(sampler.nextUniform());
      return [...taken];
    },
    giveBack(sampler, count) {
      const back = taken.splice(taken.length - count, count);
      unused.set(sampler, [...back, ...(unused.get(sampler) ?? [])]);
    },
  };
}
