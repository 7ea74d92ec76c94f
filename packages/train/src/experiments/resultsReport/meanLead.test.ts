import { describe, expect, it } from 'vitest';
import { meanLead } from './meanLead.ts';

/** `agent` and `other` of ten good and ten defective parts right. */
function report(agent: number, other: number): Parameters<typeof meanLead>[0][number] {
  const decisions = (right: number) =>
    (['normal', 'anomalous'] as const).flatMap((label) =>
      Array.from({ length: 10 }, (_, index) => {
        const isRight = index < right;
        return { label, score: 0.5, saysAnomalous: (label === 'anomalous') === isRight };
      }),
    );
  const baselineDecisions = { patchNN: decisions(other) };
  return { outcomes: decisions(agent), baselineDecisions } as unknown as ReturnType<typeof report>;
}

describe('the mean lead over Library match', () => {
  it('is the mean of the sets’ differences, each set counted once', () => {
    expect(meanLead([report(10, 8), report(6, 8)]).value).toBeCloseTo(0);
    expect(meanLead([report(10, 8), report(8, 8)]).value).toBeCloseTo(0.1);
  });

  it('has an interval around it, the same one each time, and none where all agree', () => {
    const { ci95 } = meanLead([report(9, 6), report(8, 7)]);
    expect(ci95[0]).toBeGreaterThan(0);
    expect(ci95[0]).toBeLessThan(0.2);
    expect(ci95[1]).toBeGreaterThan(0.2);
    expect(meanLead([report(9, 6), report(8, 7)]).ci95).toEqual(ci95);
    expect(meanLead([report(7, 7)]).ci95).toEqual([0, 0]);
  });
});
