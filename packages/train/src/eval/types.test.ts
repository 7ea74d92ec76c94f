import { describe, expect, it } from 'vitest';
import { typeScores } from './types.ts';

describe('typeScores', () => {
  const cases = [
    { truthType: 'dent', saidType: 'dent' },
    { truthType: 'dent', saidType: 'scratch' },
    { truthType: 'dent', saidType: 'none' },
    { truthType: 'scratch', saidType: 'scratch' },
    { truthType: null, saidType: 'none' },
    { truthType: null, saidType: null },
  ];
  const labels = ['anomalous', 'anomalous', 'anomalous', 'anomalous', 'normal', 'normal'] as const;
  const scores = typeScores(cases, labels);

  it('counts the very type, over parts and over types', () => {
    expect(scores.accuracy).toBe(0.5);
    expect(scores.macroAccuracy).toBeCloseTo((1 / 3 + 1) / 2);
  });

  it('says who was taken for whom', () => {
    expect(scores.confusion).toEqual({
      rows: ['good', 'dent', 'scratch'],
      columns: ['good', 'dent', 'scratch', 'no answer'],
      counts: [
        [1, 0, 0, 1],
        [1, 1, 1, 0],
        [0, 0, 1, 0],
      ],
    });
  });

  it('knows nothing of an anomalous part whose type nobody wrote down', () => {
    const { accuracy, confusion } = typeScores([{ truthType: null, saidType: 'dent' }], ['anomalous']);
    expect(accuracy).toBeNaN();
    expect(confusion.rows).toEqual([]);
  });
});
