import { describe, expect, it } from 'vitest';
import { createRandom } from '@agentiad/core/support/random.ts';
import { fitLabelReader } from './labelReader.ts';
import type { Comparison, Readings } from './readings.ts';

const comparison = (score: number, peak = score, percentile: number | null = 0.5): Comparison => {
  return { exemplarCount: 5, score, percentile, peak, ratios: [score] };
};

/** Parts of which a share sigmoid(6 ln score) is defective; the crop says nothing. */
function demonstrations(count: number): Readings[] {
  const random = createRandom(7);
  return Array.from({ length: count }, () => {
    const score = Math.exp(0.5 * random.normal());
    const isBad = random.next() < 1 / (1 + score ** -6);
    const comparisons = [comparison(score), comparison(Math.exp(0.3 * random.normal()))];
    return { category: 'part', label: isBad ? 'anomalous' : 'normal', comparisons };
  });
}

describe('the tendency that rehearsals answer by', () => {
  const read = fitLabelReader(demonstrations(4000));
  const at = (score: number, crop = 1) => read([comparison(score), comparison(crop)]);

  it('is the one that the demonstrations were drawn from, and smooth', () => {
    expect(at(1)).toBeCloseTo(0.5, 1);
    for (const score of [0.6, 0.8, 1.25, 1.6]) expect(Math.abs(at(score) - 1 / (1 + score ** -6))).toBeLessThan(0.05);
  });

  it('does not lean on what says nothing', () => {
    expect(Math.abs(at(1.3, 2) - at(1.3, 0.5))).toBeLessThan(0.1);
  });

  it('never falls when a reading rises, however far', () => {
    for (const crop of [0.3, 1, 2.5]) {
      const steps = Array.from({ length: 40 }, (_, index) => at(0.1 + 0.1 * index, crop));
      steps.slice(1).forEach((value, index) => expect(value).toBeGreaterThanOrEqual(steps[index]!));
    }
  });

  it('reads parts without a calibrated comparison by themselves', () => {
    const alone = demonstrations(2000).map((readings): Readings => {
      const [whole, crop] = readings.comparisons;
      return { ...readings, comparisons: [{ ...whole!, percentile: null, score: 2 * whole!.score }, crop!] };
    });
    const both = fitLabelReader([...demonstrations(2000), ...alone]);
    expect(both([comparison(2, 1, null), comparison(1)])).toBeLessThan(0.65);
    expect(both([comparison(2, 1), comparison(1)])).toBeGreaterThan(0.75);
  });

  it('refuses to read a tendency from a handful', () => {
    expect(() => fitLabelReader(demonstrations(10))).toThrow(/10 demonstrations.*at least 40/s);
  });
});
