import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../run/config.ts';
import { rehearsalsOf } from './rehearsals.ts';
import { demonstrateCase, makeCase, tinyModel } from './testCase.ts';

const { tokenizer, config } = tinyModel.backbone;
const model = { tokenizer, imageTokenId: config.special.image, imageTokenPixels: 28 };
const withDrills = (drills: object) => ({ seed: 3, sft: { drills } }) as unknown as RunConfig;

describe('what a run rehearses', () => {
  it('are as many drills and echoes as it wants, the same ones each time, with pictures', async () => {
    const bad = (await demonstrateCase(makeCase(), 'full')).trajectory;
    const good = { ...bad, label: 'normal' as const };
    const alone = (await demonstrateCase(makeCase(), 'cot')).trajectory;
    const demonstrations = [...Array.from({ length: 20 }, () => [bad, good]).flat(), alone];
    const make = () => rehearsalsOf(withDrills({ count: 5, echoes: 2 }), demonstrations, model);
    const { drills, echoes } = make();
    expect(drills).toHaveLength(5);
    // The one without a comparison has nothing to say again.
    expect(echoes).toHaveLength(80);
    expect(make()).toEqual({ drills, echoes });
    for (const { images } of [...drills, ...echoes]) expect(images.length).toBeGreaterThanOrEqual(2);
    expect(new Set(echoes.map(({ ids }) => ids.join())).size).toBe(80);
  });

  it('needs no tendency for drills alone, and nothing where nothing is wanted', async () => {
    const { trajectory } = await demonstrateCase(makeCase(), 'full');
    expect(rehearsalsOf(withDrills({ count: 2 }), [trajectory], model).drills).toHaveLength(2);
    expect(rehearsalsOf({ seed: 1, sft: {} } as unknown as RunConfig, [trajectory], model)).toEqual({
      drills: [],
      echoes: [],
    });
    expect(() => rehearsalsOf(withDrills({ count: 0, echoes: 1 }), [trajectory], model)).toThrow(/too few|at least 40/);
  });
});
