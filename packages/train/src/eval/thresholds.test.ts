import { describe, expect, it } from 'vitest';
import { bad, good } from '@agentiad/core/validation/testDecisions.ts';
import { decide, fitThreshold } from './thresholds.ts';

describe('fitThreshold', () => {
  it('lies half-way between good and bad training parts', () => {
    expect(fitThreshold([good(false, 1), good(false, 2), bad(true, 4), bad(true, 5)])).toBe(3);
  });

  it('weighs the labels alike, however many there are of each', () => {
    // Above 1 costs one of ten good parts and finds both defects.
    const good9 = Array.from({ length: 9 }, () => good(false, 1));
    expect(fitThreshold([...good9, good(false, 3), bad(true, 2), bad(true, 4)])).toBe(1.5);
  });

  it('takes the largest score of good parts where there are no defects to learn from', () => {
    expect(fitThreshold([good(false, 1), good(false, 7)])).toBe(7);
    expect(fitThreshold([bad(true, 1)])).toBeNull();
  });
});

describe('decide', () => {
  it('prefers the threshold of its own exemplars, then that of the training split', () => {
    expect(decide({ score: 2, threshold: 1 }, 3)).toEqual({
      score: 2,
      saysAnomalous: true,
      source: 'leaving exemplars out',
    });
    expect(decide({ score: 2, threshold: null }, 3)).toEqual({
      score: 2,
      saysAnomalous: false,
      source: 'training split',
    });
    expect(decide({ score: 2, threshold: null }, null)).toEqual({ score: 2, saysAnomalous: null, source: 'none' });
  });
});
