import { describe, expect, it } from 'vitest';
import { changesSince, staleChanges, staleReasons } from './stale.ts';
import { validatedWith } from './testValidation.ts';

const reasons = (...given: Parameters<typeof staleChanges>) => staleReasons(staleChanges(...given));

describe('what changed since a validation', () => {
  it('names what changed, in plain words', () => {
    expect(reasons(validatedWith, { ...validatedWith, modelSha256: 'b'.repeat(64) })).toEqual(['the model']);
    expect(reasons(validatedWith, { ...validatedWith, towerSha256: null })).toEqual([
      'the feature tower of Library match',
    ]);
    expect(reasons(validatedWith, { ...validatedWith, matchMethod: 2 })).toEqual(['how Library match reckons']);
    const roi = [
      [
        [0, 0],
        [1, 0],
        [1, 0.5],
      ] as const,
    ];
    expect(
      reasons(validatedWith, {
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
    expect(reasons(validatedWith, now)).toEqual([]);
  });

  it('are the labelled images too, and an edit that nothing tells of any more', () => {
    const held = { with: validatedWith, stale: false };
    expect(changesSince(held, validatedWith)).toEqual([]);
    const changed = changesSince({ ...held, stale: true, labelledChanged: true }, validatedWith);
    expect(staleReasons(changed)).toEqual(['the labelled images']);
    expect(changesSince({ ...held, stale: true }, validatedWith)).toEqual([{ what: 'recipe' }]);
    const other = { ...validatedWith, specification: 'No scratches.' };
    expect(changesSince({ ...held, stale: true }, other)).toEqual([{ what: 'specification' }]);
  });
});
