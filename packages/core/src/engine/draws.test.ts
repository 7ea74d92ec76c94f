import { describe, expect, it } from 'vitest';
import { createNucleusSampler } from '../model/sampler.ts';
import { createRandom } from '../support/random.ts';
import { createDraws } from './draws.ts';

const sampler = (seed: number) => createNucleusSampler({ temperature: 1, topP: 1, random: createRandom(seed) });
const stream = (seed: number, count: number) => {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => random.next());
};

describe('numbers drawn ahead of time', () => {
  it('are the stream of the sampler, whatever is given back', () => {
    const draws = createDraws();
    const one = sampler(1);
    const used = draws.take(one, 5).slice(0, 2);
    draws.giveBack(one, 3);
    used.push(...draws.take(one, 1));
    used.push(...draws.take(one, 4));
    expect(used).toEqual(stream(1, 7));
  });

  it('do not mix samplers', () => {
    const draws = createDraws();
    const [one, two] = [sampler(1), sampler(2)];
    draws.take(one, 3);
    draws.giveBack(one, 3);
    expect(draws.take(two, 2)).toEqual(stream(2, 2));
    expect(draws.take(one, 3)).toEqual(stream(1, 3));
  });
});
