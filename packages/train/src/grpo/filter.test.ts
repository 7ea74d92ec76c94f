import { describe, expect, it } from 'vitest';
import type { FilterSettings } from './filter.ts';
import { collectGroups, scoreGroup } from './filter.ts';
import { makeGroup } from './testing.ts';

const SETTINGS: FilterSettings = { advantage: 'mean', minDeviation: 0, maxResampled: 3 };

/** Groups with the given rewards, one after the other. */
function source(rewards: readonly (readonly (number | null)[])[]) {
  let at = 0;
  return () => Promise.resolve(makeGroup(rewards[at++]!));
}

describe('collectGroups', () => {
  it('G3: drops groups whose rewards agree, counts them and samples others in their place', async () => {
    const collected = await collectGroups(
      source([
        [1, 1],
        [1, 0],
        [0, 0],
        [0, 1],
      ]),
      2,
      SETTINGS,
    );
    expect(collected.groups.map(({ advantages }) => advantages)).toEqual([
      [0.5, -0.5],
      [-0.5, 0.5],
    ]);
    expect(collected).toMatchObject({ zeroAdvantageGroups: 2, resampled: 2, isExhausted: false });
    expect(collected.sampled).toHaveLength(4);
  });

  it('G27: stops after so many in place of others, and says that it came short', async () => {
    const flat = Array.from({ length: 9 }, () => [1, 1]);
    const collected = await collectGroups(source([[1, 0], ...flat]), 2, SETTINGS);
    expect(collected.sampled).toHaveLength(5);
    expect(collected.groups).toHaveLength(1);
    expect(collected).toMatchObject({ zeroAdvantageGroups: 4, resampled: 3, isExhausted: true });
  });

  it('samples nothing where nothing is wanted', async () => {
    const none = await collectGroups(() => Promise.reject(new Error('sampled')), 0, SETTINGS);
    expect(none).toMatchObject({ groups: [], resampled: 0, isExhausted: false });
  });
});

describe('scoreGroup', () => {
  it("drops groups below the authors' bound of 0.01 mean absolute deviation", () => {
    const strict = { advantage: 'mean', minDeviation: 0.01 } as const;
    expect(scoreGroup(makeGroup([1, 1.018]), strict)).toBeNull();
    expect(scoreGroup(makeGroup([1, 1.022]), strict)).not.toBeNull();
  });

  it('G4: a group with one valid rollout is dropped, as is one with none', () => {
    expect(scoreGroup(makeGroup([null, 1, null]), SETTINGS)).toBeNull();
    expect(scoreGroup(makeGroup([null, null]), SETTINGS)).toBeNull();
  });
});
