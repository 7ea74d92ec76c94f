import { describe, expect, it } from 'vitest';
import { computeRates } from './metrics.ts';
import { bad, good } from './testDecisions.ts';

describe('computeRates', () => {
  it('counts by hand: 2 of 3 defects found, 3 of 4 good parts passed', () => {
    const rates = computeRates([bad(true), bad(true), bad(false), good(false), good(false), good(false), good(true)]);
    expect(rates.n).toBe(7);
    expect(rates.accuracy).toBeCloseTo(5 / 7);
    expect(rates.recall).toBeCloseTo(2 / 3);
    expect(rates.specificity).toBeCloseTo(3 / 4);
    expect(rates.balancedAccuracy).toBeCloseTo((2 / 3 + 3 / 4) / 2);
    expect(rates.precision).toBeCloseTo(2 / 3);
    expect(rates.f1).toBeCloseTo(4 / (4 + 1 + 1));
  });

  it('counts an unparsable answer as wrong on good and bad parts alike', () => {
    const rates = computeRates([bad(true), bad(null), good(false), good(null)]);
    expect(rates).toMatchObject({ accuracy: 0.5, recall: 0.5, specificity: 0.5, balancedAccuracy: 0.5 });
    expect(rates.f1).toBeCloseTo(2 / (2 + 1 + 1));
  });

  it('gives 0.5 balanced accuracy to whoever always says anomalous, however few good parts there are', () => {
    const rates = computeRates([...Array.from({ length: 9 }, () => bad(true)), good(true)]);
    expect(rates).toMatchObject({ accuracy: 0.9, balancedAccuracy: 0.5 });
  });
});
