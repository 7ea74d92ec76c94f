import { describe, expect, it } from 'vitest';
import { macroOf, ratesBy } from './groups.ts';
import { bad, good } from '@agentiad/core/validation/testDecisions.ts';

/** `easy`: 4 parts, all right. `hard`: 2 parts, the defect missed. `good only`: 2 good parts, one rejected. */
const items = [
  ...[bad(true, 0.9), bad(true, 0.8), good(false, 0.1), good(false, 0.2)].map((one) => ({ ...one, name: 'easy' })),
  ...[bad(null), good(false, 0.3)].map((one) => ({ ...one, name: 'hard' })),
  ...[good(false, 0.4), good(true, 0.6)].map((one) => ({ ...one, name: 'good only' })),
];

describe('ratesBy', () => {
  const groups = ratesBy(items, ({ name }) => name);

  it('gives each group its own figures', () => {
    expect(groups['easy']).toMatchObject({ n: 4, anomalous: 2, accuracy: 1, balancedAccuracy: 1, f1: 1, auroc: 1 });
    expect(groups['hard']).toMatchObject({ n: 2, accuracy: 0.5, balancedAccuracy: 0.5, auroc: 0, unparsable: 1 });
  });

  it('has no balanced accuracy and no AUROC where one label is missing', () => {
    expect(groups['good only']).toMatchObject({ accuracy: 0.5, specificity: 0.5, recall: NaN });
    expect(groups['good only']).toMatchObject({ balancedAccuracy: NaN, auroc: NaN });
  });

  it('weighs groups alike in the macro mean, and leaves out what a group does not have', () => {
    const macro = macroOf(groups);
    expect(macro.groups).toBe(2);
    expect(macro.accuracy).toBeCloseTo((1 + 0.5 + 0.5) / 3);
    expect(macro.balancedAccuracy).toBe(0.75);
    expect(macro.auroc).toBe(0.5);
  });
});
