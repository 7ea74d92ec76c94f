import { describe, expect, it } from 'vitest';
import { countTicks, scoreTicks, shareTicks } from './ticks.ts';

describe('the figures on the axes', () => {
  it('are few and go from end to end', () => {
    expect(scoreTicks().map(({ at, text }) => [at, text])).toEqual([
      [0, '0.00'],
      [0.25, '0.25'],
      [0.5, '0.50'],
      [0.75, '0.75'],
      [1, '1.00'],
    ]);
    expect(shareTicks().map(({ text }) => text)).toEqual(['0%', '50%', '100%']);
  });

  it('of counts stand where bars of that many end, above the line and below it', () => {
    const ticks = countTicks(16, 0.475);
    expect(ticks.map(({ text }) => text)).toEqual(['16', '8', '0', '8', '16']);
    expect(ticks.map(({ at }) => Number(at.toFixed(3)))).toEqual([0.025, 0.164, 0.5, 0.836, 0.975]);
  });

  it('of small counts are not repeated', () => {
    expect(countTicks(1, 0.475).map(({ text }) => text)).toEqual(['1', '0', '1']);
    expect(countTicks(0, 0.475).map(({ text }) => text)).toEqual(['0']);
  });
});
