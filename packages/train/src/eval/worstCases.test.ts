import { describe, expect, it } from 'vitest';
import { bad, good } from '@agentiad/core/validation/testDecisions.ts';
import { makeOutcome } from './testOutcome.ts';
import { wrongness } from './worstCases.ts';

describe('what counts as worst', () => {
  it('is no answer, then the surest mistake, then mistakes in doubt, then right answers in doubt', () => {
    const ranked = [
      bad(null),
      bad(false, 0.05),
      good(true, 0.7),
      // A threshold away from 0.5: wrong with a score on the right side, right with one on the wrong side.
      good(true, 0.4),
      bad(true, 0.3),
      good(false, 0.2),
    ];
    const order = ranked.map((decision) => wrongness(makeOutcome(decision)));
    expect(order).toEqual(order.toSorted((a, b) => b - a));
    expect(new Set(order).size).toBe(order.length);
  });
});
