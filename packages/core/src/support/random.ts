import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A seeded stream of random numbers: same seed, same stream, on every host. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [min, max], both ends included. */
  integer(min: number, max: number): number;
  /** Standard normal (Box-Muller). */
  normal(): number;
  /** Where the stream is: four integers, which JSON keeps. */
  state(): readonly number[];
  /** Goes on from a place that `state` named, of this stream or another. */
  restore(state: readonly number[]): void;
}

export function createRandom(seed: number): Random {
  let generator = xoroshiro128plus(seed);
  const next = () => uniformFloat64(generator);
  return {
    next,
    integer: (min, max) => uniformInt(generator, min, max),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    state: () => generator.getState(),
    restore: (state) => {
      generator = xoroshiro128plusFromState(state);
    },
  };
}

/**
 * Mixes strings and integers into a 32-bit seed, so that independent random streams can be named. Streams of small plain
 * numbers all begin near 1: the generator starts from the number as it is.
 */
export function mixSeed(...parts: (string | number)[]): number {
  let h = 0x811c9dc5;
  for (const part of parts) {
    for (const character of `${part}|`) h = Math.imul(h ^ character.charCodeAt(0), 0x01000193);
    h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  }
  return (h ^ (h >>> 13)) | 0;
}
