import { describe, expect, it } from 'vitest';
import { calibratedCases } from './calibrate.ts';
import { ratesAt } from './rates.ts';
import { describeClaim, summariseValidation } from './summarise.ts';
import { badCase, drawCases, goodCase } from './testCases.ts';
import { validatedWith } from './testValidation.ts';

const enough = { ...validatedWith, exemplarSha256: Array.from({ length: 10 }, (_, i) => `e${i}`) };
const rest = { thresholds: { t1: 0.3, t2: 0.7 }, with: enough, date: '2026-01-01T00:00:00.000Z', costRatio: 10 };

describe('summariseValidation', () => {
  it('validates with 10 exemplars and 20 labelled images, both kinds, and a score that ranks', () => {
    const cases = drawCases(40, 1);
    const found = summariseValidation({ ...rest, cases });
    expect(found).toMatchObject({
      n: 40,
      status: 'validated',
      reasons: [],
      stale: false,
      modelSha256: enough.modelSha256,
    });
    expect(found.good + found.bad).toBe(40);
    const { escape, overkill, review } = ratesAt(calibratedCases(cases, found.calibration), rest.thresholds);
    expect(found).toMatchObject({ escape, overkill, review });
  });

  it.each([
    ['few exemplars', { with: { ...enough, exemplarSha256: ['e1'] } }, '1 known-good parts; 10 are needed'],
    ['few images', { cases: drawCases(19, 1) }, '19 labelled images; 20 are needed'],
    ['one kind', { cases: Array.from({ length: 30 }, () => goodCase(0.1)) }, '0 of them bad; 5 are needed'],
    [
      'failed inspections',
      { cases: [...drawCases(40, 1), badCase(null), badCase(null), goodCase(null)] },
      '3 of 43 inspections failed',
    ],
    [
      'a score no better than chance',
      { cases: Array.from({ length: 40 }, (_, i) => (i % 2 ? goodCase : badCase)((i >> 1) / 20)) },
      'the score may tell good from bad no better than chance',
    ],
  ])('stays provisional with %s, and says so', (_what, change, reason) => {
    const found = summariseValidation({ ...rest, cases: drawCases(40, 1), ...change });
    expect(found.status).toBe('provisional');
    expect(found.reasons).toContain(reason);
  });

  it('tells the rates with the fast path that the recipe has', () => {
    const cases = drawCases(40, 1);
    const found = summariseValidation({ ...rest, cases, with: { ...enough, triage: { low: 9, high: 9 } } });
    expect(found.escape.count).toBe(found.bad);
  });
});

describe('describeClaim', () => {
  it('says what 0 escapes in 30 are worth', () => {
    expect(describeClaim('escape', { count: 0, of: 30 })).toBe(
      '0 escapes in 30 bad parts means up to 10 % escape rate at 95 %.',
    );
    expect(describeClaim('overkill', { count: 1, of: 50 })).toBe(
      '1 overkill in 50 good parts means up to 10 % overkill at 95 %.',
    );
    expect(describeClaim('escape', { count: 0, of: 0 })).toContain('nothing is known');
  });
});
