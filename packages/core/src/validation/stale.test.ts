import { describe, expect, it } from 'vitest';
import { staleReasons } from './stale.ts';
import { validatedWith } from './testValidation.ts';

describe('staleReasons', () => {
  it('names what changed, in plain words', () => {
    expect(staleReasons(validatedWith, { ...validatedWith, modelSha256: 'b'.repeat(64) })).toEqual(['the model']);
    expect(staleReasons(validatedWith, { ...validatedWith, towerSha256: null })).toEqual([
      'the feature tower of Library match',
    ]);
    const roi = [
      [
        [0, 0],
        [1, 0],
        [1, 0.5],
      ] as const,
    ];
    expect(
      staleReasons(validatedWith, {
        ...validatedWith,
        areas: { roi, ignore: [] },
        specification: 'No scratches.',
        triage: { low: 0.5, high: 2 },
        exemplarSha256: ['e1', 'e3', 'e4'],
      }),
    ).toEqual([
      'the specification',
      'the inspected area',
      'the known-good parts (2 added, 1 taken away)',
      'the fast path',
    ]);
  });

  it('is silent about the order of exemplars, tools and keys', () => {
    const { tools, exemplarSha256, areas } = validatedWith;
    const now = {
      ...validatedWith,
      tools: tools.toReversed(),
      exemplarSha256: exemplarSha256.toReversed(),
      areas: { ignore: areas.ignore, roi: areas.roi },
    };
    expect(staleReasons(validatedWith, now)).toEqual([]);
  });
});
