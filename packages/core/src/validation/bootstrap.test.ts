import { describe, expect, it } from 'vitest';
import type { Random } from '../support/random.ts';
import { createRandom } from '../support/random.ts';
import { bootstrapIntervals, pairedInterval } from './bootstrap.ts';
import type { Decision } from './metrics.ts';
import { computeRates } from './metrics.ts';
import { bad, good } from './testDecisions.ts';

function intervalOf(
  decisions: readonly Decision[],
  statistic: (sample: readonly Decision[]) => number,
  random: Random,
  rounds?: number,
) {
  return bootstrapIntervals(decisions, { statistic }, random, rounds).statistic;
}

describe('bootstrapIntervals', () => {
  const decisions = [
    ...Array.from({ length: 40 }, (_, index) => bad(index < 30)),
    ...Array.from({ length: 40 }, (_, index) => good(index >= 30)),
  ];
  const accuracy = (sample: readonly Decision[]) => computeRates(sample).balancedAccuracy;

  it('is the same for the same seed and holds the value itself', () => {
    const interval = intervalOf(decisions, accuracy, createRandom(3));
    expect(intervalOf(decisions, accuracy, createRandom(3))).toEqual(interval);
    expect(intervalOf(decisions, accuracy, createRandom(4))).not.toEqual(interval);
    expect(interval[0]).toBeLessThan(0.75);
    expect(interval[1]).toBeGreaterThan(0.75);
  });

  it('is about as wide as the normal approximation', () => {
    const [low, high] = intervalOf(decisions, accuracy, createRandom(3));
    const deviation = Math.sqrt((0.75 * 0.25) / 40 / 2);
    expect(high - low).toBeGreaterThan(0.8 * 2 * 1.96 * deviation);
    expect(high - low).toBeLessThan(1.2 * 2 * 1.96 * deviation);
  });

  it('keeps the number of parts per label in every draw', () => {
    const counts = new Set<number>();
    const count = (sample: readonly Decision[]) => {
      counts.add(sample.filter(({ label }) => label === 'anomalous').length);
      return 0;
    };
    intervalOf([bad(true), good(false), good(false)], count, createRandom(1), 50);
    expect([...counts]).toEqual([1]);
  });
});

describe('pairedInterval', () => {
  const accuracy = (sample: readonly Decision[]) => computeRates(sample).accuracy;
  // Hard for both: half of the parts. The second run gets four more right than the first.
  const run = (extra: number) => [
    ...Array.from({ length: 50 }, (_, index) => bad(index < 25 + extra)),
    ...Array.from({ length: 50 }, (_, index) => good(index >= 25)),
  ];

  it('is nothing for a run against itself', () => {
    expect(pairedInterval(run(0), run(0), accuracy, createRandom(1))).toEqual([0, 0]);
  });

  it('sees a small steady gain that the two intervals apart would hide', () => {
    const [low, high] = pairedInterval(run(0), run(8), accuracy, createRandom(1));
    expect(low).toBeGreaterThan(0);
    expect(high).toBeLessThan(0.16);
    const apart = [run(0), run(8)].map((one) => intervalOf(one, accuracy, createRandom(1)));
    expect(apart[0]![1]).toBeGreaterThan(apart[1]![0]);
  });

  it('has the sign of second less first', () => {
    expect(pairedInterval(run(8), run(0), accuracy, createRandom(1))[1]).toBeLessThan(0);
  });
});
