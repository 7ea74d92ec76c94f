import { findValueTokens } from '@agentiad/core/agent/score.ts';
import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../run/config.ts';
import { rehearsalsOf } from './rehearsals.ts';
import { demonstrateCase, makeCase, tinyModel } from './testCase.ts';
import { trainedPositions, type Trajectory } from './trajectory.ts';

const { tokenizer, config } = tinyModel.backbone;
const model = { tokenizer, imageTokenId: config.special.image, imageTokenPixels: 28 };
const withDrills = (drills: object) => ({ seed: 3, sft: { drills } }) as unknown as RunConfig;

describe('what a run rehearses', () => {
  it('are as many drills and echoes as it wants, the same ones each time, with pictures', async () => {
    const bad = (await demonstrateCase(makeCase(), 'full')).trajectory;
    const good = { ...bad, label: 'normal' as const };
    const alone = (await demonstrateCase(makeCase(), 'cot')).trajectory;
    const demonstrations = [...Array.from({ length: 20 }, () => [bad, good]).flat(), alone];
    const valueOf = ({ ids, segments }: Trajectory) => {
      const { trueIds, falseIds } = findValueTokens(tokenizer);
      return trainedPositions(segments, 'all-assistant').filter((at) => [...trueIds, ...falseIds].includes(ids[at]!));
    };
    const make = () => rehearsalsOf(withDrills({ count: 5, echoes: 2 }), demonstrations, model);
    const { drills, echoes, demonstrations: left } = make();
    expect(drills).toHaveLength(5);
    // The one without a comparison has nothing to say again.
    expect(echoes).toHaveLength(80);
    expect(make()).toEqual({ drills, echoes, demonstrations: left });
    // What to make of the numbers is taught by the echoes; without numbers the truth is all there is.
    for (const sample of left.slice(0, 40)) expect(valueOf(sample)).toEqual([]);
    expect(valueOf(bad)).toHaveLength(1);
    expect(left.at(-1)).toBe(alone);
    for (const echo of echoes) expect(valueOf(echo)).toHaveLength(1);
    for (const { images } of [...drills, ...echoes]) expect(images.length).toBeGreaterThanOrEqual(2);
    expect(new Set(echoes.map(({ ids }) => ids.join())).size).toBe(80);
  });

  it('needs no tendency for drills alone, and nothing where nothing is wanted', async () => {
    const { trajectory } = await demonstrateCase(makeCase(), 'full');
    expect(rehearsalsOf(withDrills({ count: 2 }), [trajectory], model).drills).toHaveLength(2);
    expect(rehearsalsOf({ seed: 1, sft: {} } as unknown as RunConfig, [trajectory], model)).toEqual({
      demonstrations: [trajectory],
      drills: [],
      echoes: [],
    });
    expect(() => rehearsalsOf(withDrills({ count: 0, echoes: 1 }), [trajectory], model)).toThrow(/too few|at least 40/);
  });
});
