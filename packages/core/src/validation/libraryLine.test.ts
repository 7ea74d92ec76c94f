import { describe, expect, it } from 'vitest';
import { bestLibraryLine, LIBRARY_LINE, libraryRates } from './libraryLine.ts';
import { badCase, goodCase } from './testCases.ts';

// The agent's scores say the contrary: they have no part in it.
const cases = [goodCase(0.9, 0.4), goodCase(0.9, 1.2), badCase(0.1, 1.1), badCase(0.1, 3), badCase(0.1, 0.8)];

describe('Library match alone', () => {
  it('calls a part anomalous that differs more than good parts do among themselves, and stops at exactly that', () => {
    expect(LIBRARY_LINE).toBe(1);
    const { escape, overkill, review } = libraryRates([...cases, goodCase(0, 1)])!;
    expect([escape.count, escape.of, overkill.count, overkill.of, review.count]).toEqual([1, 3, 1, 3, 1]);
  });

  it('does best where escapes and overkill together are least, which is another line', () => {
    const { threshold, escape, overkill } = bestLibraryLine(cases)!;
    expect(threshold).toBeCloseTo(0.6);
    expect([escape.count, overkill.count]).toEqual([0, 1]);
  });

  it('says nothing where it was asked about no part, or about one kind alone', () => {
    expect(libraryRates([goodCase(0.1)])).toBeNull();
    expect(bestLibraryLine([goodCase(0.1, 0.2)])).toBeNull();
  });
});
