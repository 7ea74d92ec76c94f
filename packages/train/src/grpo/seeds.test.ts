import { describe, expect, it } from 'vitest';
import { createRandom } from '@agentiad/core/support/random.ts';
import { groupSeed, memberSeed } from './seeds.ts';

const COUNT = 4096;
const BINS = 64;
const count = (seedOf: (index: number) => number) => Array.from({ length: COUNT }, (_, index) => seedOf(index));

/** How streams that should have nothing to do with each other begin: the draws numbered `draw` of all of them. */
function beginnings(seeds: readonly number[], draw: number) {
  const values = seeds.map((seed) => {
    const random = createRandom(seed);
    for (let i = 0; i < draw; i++) random.next();
    return random.next();
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / COUNT;
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const together = values.slice(1).reduce((sum, value, i) => sum + (value - mean) * (values[i]! - mean), 0);
  const bins = new Array<number>(BINS).fill(0);
  values.forEach((value) => bins[Math.floor(value * BINS)]!++);
  const expected = COUNT / BINS;
  const unevenness = bins.reduce((sum, own) => sum + (own - expected) ** 2 / expected, 0) / (BINS - 1);
  return { correlation: spread === 0 ? 1 : together / spread, unevenness };
}

/** Five standard deviations of what independent uniform streams give. */
const MOST_CORRELATION = 5 / Math.sqrt(COUNT);
const MOST_UNEVENNESS = 1 + 5 * Math.sqrt(2 / (BINS - 1));

describe('streams of rollouts', () => {
  it.each([
    ['the members of neighbouring groups', (i: number) => memberSeed(groupSeed(1, Math.floor(i / 8)), i % 8)],
    ['the first members of groups', (i: number) => memberSeed(groupSeed(1, i), 0)],
    ['runs of neighbouring seeds', (i: number) => memberSeed(groupSeed(i, 0), 0)],
  ])('are uniform and independent from their first draw on: %s', (_, seedOf) => {
    for (const draw of [0, 1, 2, 20]) {
      const { correlation, unevenness } = beginnings(count(seedOf), draw);
      expect(Math.abs(correlation)).toBeLessThan(MOST_CORRELATION);
      expect(unevenness).toBeLessThan(MOST_UNEVENNESS);
    }
  });

  it('would begin alike with plain numbers as seeds, which this test can see', () => {
    expect(
      beginnings(
        count((i) => i),
        0,
      ).unevenness,
    ).toBeGreaterThan(MOST_UNEVENNESS);
  });

  it('are different ones: no seed comes twice in a run of 2,000 groups of 8', () => {
    const seeds = Array.from({ length: 16_000 }, (_, i) => memberSeed(groupSeed(3, Math.floor(i / 8)), i % 8));
    expect(new Set(seeds).size).toBe(seeds.length);
  });
});
