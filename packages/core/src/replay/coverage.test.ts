import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Trace } from '../protocol/trace.ts';
import { coverageAt } from './coverage.ts';
import { runOfTrace, turnCount } from './runSoFar.ts';

const recorded = new URL('../../../../e2e/fixtures/recorded.trace.json', import.meta.url);
const trace = JSON.parse(readFileSync(recorded, 'utf8')) as Trace;

describe('coverageAt', () => {
  const run = runOfTrace(trace);
  const part = trace.verdict.image;

  it('ends at the share that the verdict gives', () => {
    expect(coverageAt(run, turnCount(run), part).share).toBeCloseTo(trace.verdict.coverage.share, 9);
  });

  it('only grows, by what each turn shows at full resolution', () => {
    const shares = Array.from({ length: turnCount(run) + 1 }, (_, turn) => coverageAt(run, turn, part).share);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    trace.steps.forEach((step, index) => {
      const image = trace.images.find((known) => known.index === step.observation?.image);
      if (image?.role !== 'crop') expect(shares[index + 1]).toBe(shares[index]);
    });
  });
});
