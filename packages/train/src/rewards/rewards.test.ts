import { describe, expect, it } from 'vitest';
import { groupAdvantages } from '../grpo/advantages.ts';
import { codePreset } from './code.ts';
import type { RolloutFacts } from './facts.ts';
import { queryRate } from './facts.ts';
import { indusAgentPreset } from './indusagent.ts';
import { createReward, REWARD_PRESETS, TABLE_3 } from './index.ts';
import { paperPreset } from './paper.ts';
import type { ABLATIONS } from './reward.ts';
import { checkReward } from './reward.ts';

const CROP = { name: 'crop_image_normalized', ok: true };
const QUERY = { name: 'query_image', ok: true };
const BAD = { truth: { label: 'anomalous', type: 'broken large' } } as const;
const GOOD = { truth: { label: 'normal', type: null } } as const;
const SAYS_BAD = { isAnomalous: true, type: 'Broken Large.' };
const SAYS_GOOD = { isAnomalous: false, type: 'none' };

function facts(fields: Partial<RolloutFacts>): RolloutFacts {
  return {
    ...BAD,
    answer: SAYS_BAD,
    calls: [],
    iou: null,
    locationIou: null,
    malformedTurns: 0,
    confidenceGain: null,
    ...fields,
  };
}

/** `first` among rollouts of which so many asked outside that the group's query rate is `rate`. */
function inGroup(first: RolloutFacts, rate: number): RolloutFacts[] {
  const others = (count: number, calls: RolloutFacts['calls']) => Array.from({ length: count }, () => facts({ calls }));
  const own = queryRate([first]);
  const asking = Math.round(8 * rate) - own;
  const group = [first, ...others(asking, [QUERY]), ...others(7 - asking, [])];
  expect(queryRate(group)).toBe(rate);
  return group;
}

const ROW_2 = facts({ calls: [CROP], iou: 0.62 });

describe('preset code', () => {
  it.each<[string, RolloutFacts, number, number]>([
    ['anomalous, right, no tool, type right', facts({}), 0.25, 1.1],
    ['anomalous, right, 1 crop, IoU 0.62, type right', ROW_2, 0.25, 1.725],
    ['anomalous, wrong, 1 crop, IoU 0.30, no query', facts({ answer: SAYS_GOOD, calls: [CROP], iou: 0.3 }), 0.25, 0],
    [
      'normal, right, crop and query, IoU 0.20 to the proposed box',
      facts({ ...GOOD, answer: SAYS_GOOD, calls: [CROP, QUERY], iou: 0.2 }),
      0.25,
      1.3,
    ],
    ['2 crops and query, last IoU exactly 0.5', facts({ calls: [CROP, CROP, QUERY], iou: 0.5 }), 0.25, 1.55],
    [
      'no valid answer, 4 crops, no query',
      facts({ answer: null, calls: [CROP, CROP, CROP, CROP], iou: 0 }),
      0.25,
      -1.4,
    ],
  ])('unit vector: %s', (_, first, rate, expected) => {
    expect(codePreset().score(inGroup(first, rate))[0]!.total).toBeCloseTo(expected, 9);
  });

  it('pays nothing for a right answer after a last call that failed, and does not call it wrong', () => {
    const [reward] = codePreset().score(inGroup(facts({ calls: [CROP, { ...CROP, ok: false }], iou: 0.4 }), 0.25));
    expect(reward!.components).toEqual({ accuracy: 0, curiosity: 0, penalty: -0, iou: 0.4, type: 0.1 });
  });

  it('makes a right zoom worth less than no zoom when nobody asks: the collapse that the switches can show', () => {
    const [zoom, none] = codePreset().score([facts({ calls: [CROP], iou: 0 }), facts({})]);
    expect(zoom!.total).toBeCloseTo(0.6, 9);
    expect(none!.total).toBeCloseTo(1.1, 9);
    const [without] = codePreset(['no_curiosity']).score([facts({ calls: [CROP], iou: 0 }), facts({})]);
    expect(without!.total).toBeCloseTo(1.1, 9);
  });

  it('counts `search` as asking outside', () => {
    expect(queryRate([facts({ calls: [{ name: 'search', ok: true }] }), facts({})])).toBe(0.5);
  });
});

describe('preset paper', () => {
  it('unit vector: row 2 with K = 1 and n* = 1 is 2.725', () => {
    expect(paperPreset().score(inGroup(ROW_2, 0.25))[0]!.total).toBeCloseTo(2.725, 9);
  });

  it('pays no type for a normal part, and counts calls from the second on', () => {
    const [reward] = paperPreset().score(
      inGroup(facts({ ...GOOD, answer: SAYS_GOOD, calls: [CROP, QUERY, CROP] }), 0.5),
    );
    expect(reward!.components).toMatchObject({
      accuracy: 1,
      type: 0,
      stepAccuracy: 1,
      curiosity: -0.25,
      penalty: -0.1,
    });
  });
});

describe('preset indusagent', () => {
  const score = (first: RolloutFacts, off: Parameters<typeof indusAgentPreset>[0] = []) =>
    indusAgentPreset(off).score([first])[0]!;
  const best = facts({ calls: [CROP], locationIou: 1, confidenceGain: 0.7 });

  it('has its maximum of 2.5 for a right, located, typed answer after one useful call', () => {
    expect(score(best).total).toBeCloseTo(2.5, 9);
    expect(score(best).components).toEqual({
      accuracy: 1,
      location: 1,
      type: 1,
      toolGain: 0.3,
      toolCost: -0.1,
      format: 0,
    });
  });

  it('counts the rest only when the answer is right; the format penalty always', () => {
    expect(score({ ...best, answer: SAYS_GOOD }).total).toBe(0);
    expect(score({ ...best, answer: SAYS_GOOD, malformedTurns: 1 }).total).toBe(-0.5);
    expect(score({ ...best, answer: null }).total).toBe(-0.5);
  });

  it('pays for a call that raised the confidence, and only for calls that were executed', () => {
    expect(score({ ...best, confidenceGain: -0.1 }).components['toolGain']).toBe(0);
    expect(score({ ...best, confidenceGain: null }).components['toolGain']).toBe(0);
    const four = [CROP, CROP, CROP, CROP, { ...CROP, ok: false }];
    const { toolGain, toolCost } = score({ ...best, calls: four }).components;
    expect(toolGain! + toolCost!).toBeCloseTo(-0.1, 9);
  });

  it('gives half the type reward inside a family of defects', () => {
    expect(score({ ...best, answer: { isAnomalous: true, type: 'crack' } }).components['type']).toBe(0.5);
    expect(score({ ...best, answer: { isAnomalous: true, type: 'stain' } }).components['type']).toBe(0);
  });
});

describe('ablations', () => {
  const group = inGroup(facts({ calls: [CROP, CROP, CROP], iou: 0.6, locationIou: 0.6, confidenceGain: 1 }), 0.25);
  const total = (name: keyof typeof REWARD_PRESETS, off: readonly (typeof ABLATIONS)[number][]) =>
    REWARD_PRESETS[name](off).score(group)[0]!;

  it('take away their own component and no other', () => {
    const gone = { no_iou: 'iou', no_anomaly_type: 'type', no_penalty: 'penalty' } as const;
    for (const name of ['code', 'paper'] as const) {
      const whole = total(name, []);
      for (const [ablation, component] of Object.entries(gone)) {
        const less = total(name, [ablation as keyof typeof gone]);
        expect(whole.components[component]).not.toBe(0);
        expect(less.components).toEqual({ ...whole.components, [component]: 0 });
        expect(less.total).toBeCloseTo(whole.total - whole.components[component]!, 9);
      }
    }
  });

  it("rows of the paper's Table 3 leave what they say", () => {
    const row = createReward({ preset: 'paper', ablations: ['no_curiosity'], row: 'no-perceptual' }).score(group)[0]!;
    expect(row.components).toMatchObject({ accuracy: 1, iou: 0, type: 0, stepAccuracy: 1, curiosity: 0 });
    expect(total('code', TABLE_3['accuracy-only']).total).toBe(1);
    expect(total('paper', TABLE_3['no-behaviour']).total).toBeCloseTo(1 + 1 + 0.1, 9);
    expect(total('paper', TABLE_3['no-perceptual']).total).toBeCloseTo(1 + 1 + 0.5 * (0.25 - 1) - 0.1, 9);
    expect(total('indusagent', TABLE_3['accuracy-only']).total).toBe(1);
  });
});

describe('rewards of groups', () => {
  it('G19: a term that is the same for the whole group has no influence; the one of `code` has', () => {
    const group = inGroup(ROW_2, 0.25);
    const advantages = (preset: ReturnType<typeof codePreset>) =>
      groupAdvantages(
        preset.score(group).map(({ total }) => total),
        'mean',
      ).map((value) => value.toFixed(9));
    expect(advantages(paperPreset())).toEqual(advantages(paperPreset(['no_curiosity'])));
    expect(advantages(codePreset())).not.toEqual(advantages(codePreset(['no_curiosity'])));
  });

  it('G16: a reward that is no number stops the run and names the rollout; null stays null', () => {
    expect(checkReward('r', null)).toBeNull();
    expect(checkReward('r', { total: 0, components: { accuracy: 0 } })).toEqual({
      total: 0,
      components: { accuracy: 0 },
    });
    const [broken] = codePreset().score([facts({ calls: [CROP], iou: NaN })]);
    expect(() => checkReward('washer/7#3', broken!)).toThrow(/Rollout washer\/7#3: its reward component total is NaN/);
    expect(() => checkReward('washer/7#3', { total: 1, components: { iou: Infinity } })).toThrow(/iou is Infinity/);
  });
});
