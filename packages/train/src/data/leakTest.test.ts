import { describe, expect, it } from 'vitest';
import { userPrompt } from '@agentiad/core/agent/prompt.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import type { Label } from './labelledCase.ts';
import { leakTest } from './leakTest.ts';
import type { LeakCase } from './leakTest.ts';
import { shuffled } from './split.ts';

const DEFECTS =
  'scratch crack dent hole bent_lead cut thread stain missing_cap broken_teeth contamination poke squeeze burr chip fold'.split(
    ' ',
  );
const GENERIC = [
  'surface irregularity mark',
  'structural deformation issue',
  'foreign contamination spot',
  'missing component parts',
];

const promptOf = (category: string, types: readonly string[]) =>
  userPrompt({ category, types, offered: ['crop_image_normalized', 'query_image'] })
    .map((part) => (part.type === 'text' ? part.text : ''))
    .join('');

interface Design {
  /** Candidate list of one image. */
  readonly list: (
    category: number,
    label: Label,
    draw: (from: readonly string[], count: number) => string[],
  ) => string[];
  readonly anomalousShare?: (category: number) => number;
}

/** 30 classes, as many images as the published training records have. */
function cases({ list, anomalousShare = () => 0.63 }: Design, count = 366): LeakCase[] {
  const random = createRandom(7);
  const draw = (from: readonly string[], many: number) => shuffled(from, random).slice(0, many);
  return Array.from({ length: count }, (_, k) => {
    const category = k % 30;
    const label: Label = random.next() < anomalousShare(category) ? 'anomalous' : 'normal';
    return { category: `class${category}`, label, prompt: promptOf(`class${category}`, list(category, label, draw)) };
  });
}

const ofClass = (category: number) => [0, 1, 2, 3, 4].map((k) => DEFECTS[(3 * category + k) % DEFECTS.length]!);

describe('the label-leak test', () => {
  it('catches the published leak: one list of four for the normal images of a class, others for the anomalous ones', () => {
    const result = leakTest(
      cases({ list: (c, label, draw) => (label === 'normal' ? GENERIC : draw([...ofClass(c), ...DEFECTS], 4)) }),
      1,
    );
    expect(result.leaks).toBe(true);
    expect(result.withinCategories.accuracy).toBeGreaterThan(0.95);
    // Even in classes it never saw, as measured on the published records (91.8 %).
    expect(result.acrossCategories!.accuracy).toBeGreaterThan(0.9);
  });

  it('catches lists that differ in their periods alone, in classes whose types it never saw', () => {
    const list: Design['list'] = (c, label) =>
      [1, 2, 3, 4].map((k) => `defect${c}x${k}${label === 'normal' ? '' : '.'}`);
    expect(leakTest(cases({ list }), 1).acrossCategories!.lowerBound).toBeGreaterThan(0.9);
  });

  it('catches lists that differ in their order alone', () => {
    const list: Design['list'] = (c, label) => (label === 'normal' ? ofClass(c) : ofClass(c).toReversed());
    expect(leakTest(cases({ list }), 1).withinCategories.lowerBound).toBeGreaterThan(0.9);
  });

  it('catches lists whose number of types depends on the label', () => {
    const list: Design['list'] = (_, label, draw) => draw(DEFECTS, label === 'normal' ? 4 : 5);
    expect(leakTest(cases({ list }), 1).leaks).toBe(true);
  });

  it('catches a leak in one class of thirty only when it is large enough to be no accident', () => {
    const list: Design['list'] = (c, label) => (c === 0 && label === 'normal' ? GENERIC : ofClass(c));
    const { withinCategories, leaks } = leakTest(cases({ list }), 1);
    expect(withinCategories.accuracy).toBeGreaterThan(0.5);
    expect(withinCategories.lowerBound).toBeLessThan(0.5);
    expect(leaks).toBe(false);
  });

  it('passes one list per class, whatever the share of defects in each class', () => {
    const result = leakTest(cases({ list: ofClass, anomalousShare: (c) => (c % 2 === 0 ? 0.9 : 0.15) }, 900), 1);
    expect(result.leaks).toBe(false);
    expect(result.withinCategories.accuracy).toBe(0.5);
    expect(result.acrossCategories!.accuracy).toBe(0.5);
  });

  it('passes lists drawn at random, seed after seed', () => {
    const list: Design['list'] = (_, __, draw) => draw(DEFECTS, 4);
    const alarms = [1, 2, 3, 4, 5, 6, 7, 8].filter((seed) => leakTest(cases({ list }), seed).leaks);
    expect(alarms).toEqual([]);
  });

  it('leaves categories of one label out and says so; with nothing else, the name is the leak', () => {
    const bottles: LeakCase[] = ['normal', 'anomalous'].map((label) => ({
      prompt: 'bottle',
      label: label as Label,
      category: 'bottle',
    }));
    const candle: LeakCase = { prompt: 'candle', label: 'normal', category: 'candle' };
    expect(leakTest([...bottles, candle], 1)).toMatchObject({
      n: 2,
      categories: 1,
      oneLabel: ['candle'],
      acrossCategories: null,
    });
    expect(() => leakTest([candle], 1)).toThrow(/one label only: its name in the prompt tells the label/);
  });
});
