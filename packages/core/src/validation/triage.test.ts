import { describe, expect, it } from 'vitest';
import { badCase, goodCase } from './testCases.ts';
import { suggestTriage, triageEffect } from './triage.ts';

const OPTIONS = { thresholds: { t1: 0.3, t2: 0.7 }, librarySeconds: 0.1 };
const tenth = (from: number, make: (score: number | null, library: number) => ReturnType<typeof goodCase>) =>
  Array.from({ length: 10 }, (_, i) => make(0.5, from + i / 10));

describe('suggestTriage', () => {
  it('decides what no labelled part contradicts and leaves the overlap to the agent', () => {
    // Good 0.5 to 1.4, bad 1.2 to 2.1.
    const { triage, effect } = suggestTriage([...tenth(0.5, goodCase), ...tenth(1.2, badCase)], OPTIONS);
    expect(triage).toEqual({ low: expect.closeTo(1.15), high: expect.closeTo(1.45) });
    expect(effect.decidedShare).toBeCloseTo(14 / 20);
    expect([effect.escape.count, effect.overkill.count]).toEqual([0, 0]);
    expect(effect.secondsBefore).toBe(1);
    expect(effect.secondsAfter).toBeCloseTo(0.3 + 0.7 * 0.1);
  });

  it('asks the agent about what lies between, where all good parts score below all bad ones', () => {
    const { triage, effect } = suggestTriage([...tenth(0.1, goodCase), ...tenth(2.5, badCase)], OPTIONS);
    expect(triage).toEqual({ low: expect.closeTo(1.5), high: expect.closeTo(2) });
    expect(effect.decidedShare).toBe(1);
  });

  it('suggests none with few parts, without scores, or where the two lie mixed', () => {
    const few = [...tenth(0.1, goodCase).slice(1), ...tenth(2.5, badCase)];
    expect(suggestTriage(few, OPTIONS).triage).toBeNull();
    expect(suggestTriage([...few, goodCase(0.2)], OPTIONS).triage).toBeNull();
    const mixed = suggestTriage(
      [...tenth(0.6, goodCase), ...tenth(0.5, badCase), goodCase(0, 5), badCase(0, 0)],
      OPTIONS,
    );
    expect(mixed.triage).toBeNull();
    expect(mixed.effect).toMatchObject({ decidedShare: 0, secondsAfter: 1 });
  });
});

describe('triageEffect', () => {
  it('shows what a fast path lets escape', () => {
    const { escape, overkill } = triageEffect([badCase(0.9, 0.5), goodCase(0.1, 3)], { low: 1, high: 2 }, OPTIONS);
    expect([escape.count, overkill.count]).toEqual([1, 1]);
  });
});
