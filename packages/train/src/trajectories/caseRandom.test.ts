import { describe, expect, it } from 'vitest';
import { caseRandom } from './caseRandom.ts';

describe('caseRandom', () => {
  it.each([0, 1, 2])('begins evenly over the cases of a run with seed %i', (seed) => {
    const firsts = Array.from({ length: 2000 }, (_, index) => caseRandom(seed, index).next());
    for (let tenth = 0; tenth < 10; tenth++) {
      const share = firsts.filter((value) => Math.floor(value * 10) === tenth).length / firsts.length;
      expect(share).toBeGreaterThan(0.07);
      expect(share).toBeLessThan(0.13);
    }
  });

  it('is the same for the same case, another for another run', () => {
    expect(caseRandom(1, 7).next()).toBe(caseRandom(1, 7).next());
    expect(caseRandom(1, 7).next()).not.toBe(caseRandom(2, 7).next());
  });
});
