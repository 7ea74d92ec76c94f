import { describe, expect, it } from 'vitest';
import { imagesNeeded, rateOf, upperBound } from './binomial.ts';

describe('rateOf', () => {
  it.each([
    // R: binom.test(count, of)$conf.int
    [0, 30, 0, 0.1157033],
    [5, 10, 0.187086, 0.812914],
    [1, 20, 0.001265089, 0.2487328],
    [10, 100, 0.04900469, 0.1762226],
    [17, 20, 0.6210732, 0.9679291],
    [20, 20, 0.8315665, 1],
    // SciPy: beta.ppf
    [437, 500, 0.8416860057, 0.9018038822],
    [1, 1000, 2.5317487e-5, 0.0055589243],
  ])('of %i in %i is the exact interval of the tables', (count, of, low, high) => {
    const rate = rateOf(count, of);
    expect(rate.rate).toBe(count / of);
    expect(rate.low).toBeCloseTo(low, 6);
    expect(rate.high).toBeCloseTo(high, 6);
  });

  it('leaves exactly 2.5 % in each tail, by summing the distribution', () => {
    for (const [count, of] of [
      [1, 7],
      [3, 500],
      [250, 500],
      [498, 500],
      [37, 1000],
    ] as const) {
      const { low, high } = rateOf(count, of);
      expect(tailFrom(count, of, low)).toBeCloseTo(0.025, 9);
      expect(1 - tailFrom(count + 1, of, high)).toBeCloseTo(0.025, 9);
    }
  });

  it('knows nothing of no parts', () => {
    expect(rateOf(0, 0)).toEqual({ count: 0, of: 0, rate: null, low: 0, high: 1 });
  });
});

describe('what counts allow to claim', () => {
  it('0 of 30 means up to 10 % at 95 %, and 29 good parts in a row show 10 %', () => {
    expect(upperBound(0, 30)).toBeCloseTo(1 - 0.05 ** (1 / 30), 12);
    expect(Math.ceil(upperBound(0, 30) * 100)).toBe(10);
    expect(imagesNeeded(0.1)).toBe(29);
    expect(imagesNeeded(0.01)).toBe(299);
    expect(upperBound(0, imagesNeeded(0.03))).toBeLessThanOrEqual(0.03);
    expect(upperBound(0, imagesNeeded(0.03) - 1)).toBeGreaterThan(0.03);
  });

  it('is everything where there was nothing, or nothing else', () => {
    expect(upperBound(0, 0)).toBe(1);
    expect(upperBound(4, 4)).toBe(1);
  });
});

/** P(X >= count), each probability as a plain product. */
function tailFrom(count: number, of: number, share: number): number {
  let sum = 0;
  for (let k = count; k <= of; k++) {
    let log = 0;
    for (let i = 1; i <= k; i++) log += Math.log((of - k + i) / i);
    sum += Math.exp(log + k * Math.log(share) + (of - k) * Math.log(1 - share));
  }
  return sum;
}
