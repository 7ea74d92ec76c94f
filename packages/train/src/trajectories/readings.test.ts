import { findValueTokens } from '@agentiad/core/agent/score.ts';
import { createRandom } from '@agentiad/core/support/random.ts';
import { describe, expect, it } from 'vitest';
import { createDrill, createEcho } from './drills.ts';
import type { LabelReader } from './labelReader.ts';
import { readingsOf, varyComparison } from './readings.ts';
import { demonstrateCase, makeCase, tinyModel } from './testCase.ts';
import { trainedPositions, type Trajectory } from './trajectory.ts';

const { tokenizer, config } = tinyModel.backbone;
const setting = { tokenizer, imageTokenId: config.special.image, imageTokenPixels: 28, pictures: [] };

const textOf = ({ ids, segments }: Trajectory, wanted: string) =>
  segments.filter(({ kind }) => kind === wanted).map(({ from, to }) => tokenizer.decode(ids.slice(from, to)));

const trainsAnswer = (sample: Trajectory) => {
  const { trueIds, falseIds } = findValueTokens(tokenizer);
  const values = new Set([...trueIds, ...falseIds]);
  return trainedPositions(sample.segments, 'all-assistant').some((position) => values.has(sample.ids[position]!));
};

const META = { category: 'part', type: null, boxes: [], split: null, source: 'made-up', group: 'made-up' };

describe('the readings of a demonstration', () => {
  it('are what Library match said, in order', async () => {
    const { trajectory, trace } = await demonstrateCase(makeCase(), 'full');
    const readings = readingsOf(trajectory, tokenizer)!;
    const said = trace.steps.filter(({ call }) => call?.name === 'difference').map((step) => step.observation!.text);
    expect(readings.comparisons).toHaveLength(said.length);
    readings.comparisons.forEach(({ score, ratios }, index) => {
      expect(said[index]).toContain(`: ${Math.round(score * 100)}, `);
      expect(ratios[0]).toBe(score);
    });
    expect(readings.label).toBe(trajectory.label);
    const { trajectory: alone } = await demonstrateCase(makeCase(), 'cot');
    expect(readingsOf(alone, tokenizer)).toBeNull();
  });

  it('are said again a little changed, with other places and the answer that their numbers make likely', async () => {
    const { trajectory } = await demonstrateCase(makeCase(), 'full');
    const readings = readingsOf(trajectory, tokenizer)!;
    const random = createRandom(1);
    const read: LabelReader = ([whole]) => Number(whole!.score > readings.comparisons[0]!.score);
    const echoes = Array.from({ length: 30 }, () => {
      return createEcho(readings, read, random, setting);
    });
    const [first] = readings.comparisons;
    for (const echo of echoes) {
      const again = readingsOf({ ...echo, meta: trajectory.meta }, tokenizer)!;
      const change = again.comparisons[0]!.score / first!.score;
      expect(Math.abs(Math.log(change))).toBeLessThan(0.6);
      // Read from its text, a score is rounded.
      if (Math.abs(change - 1) > 0.02) {
        expect(textOf(echo, 'model').at(-1)).toContain(`"anomaly_present": ${change > 1}`);
      }
    }
    expect(new Set(echoes.map((echo) => textOf(echo, 'observation')[0])).size).toBe(30);
  });

  it('train the answer; made-up numbers do not where no tendency is known', async () => {
    const { trajectory } = await demonstrateCase(makeCase(), 'full');
    const readings = readingsOf(trajectory, tokenizer)!;
    const echo = createEcho(readings, () => 0.5, createRandom(2), setting);
    expect(trainsAnswer(echo)).toBe(true);
    expect(trainsAnswer(createDrill(null, createRandom(2), setting))).toBe(false);
  });

  it('made up, are answered by the tendency of the demonstrations, whatever the numbers', () => {
    const read: LabelReader = ([whole, crop]) => Number(whole!.score + crop!.score > 2);
    const drills = Array.from({ length: 60 }, (_, index) => createDrill(read, createRandom(index), setting));
    const scores = drills.map((drill) => readingsOf({ ...drill, meta: META }, tokenizer)!.comparisons);
    drills.forEach((drill, index) => {
      expect(trainsAnswer(drill)).toBe(true);
      const sum = scores[index]!.reduce((all, { score }) => all + score, 0);
      // Read from its text, a score is rounded.
      if (Math.abs(sum - 2) > 0.02) expect(drill.label).toBe(sum > 2 ? 'anomalous' : 'normal');
    });
    const whole = scores.map(([first]) => first!.score);
    expect(Math.min(...whole)).toBeLessThan(0.5);
    expect(Math.max(...whole)).toBeGreaterThan(2);
  });

  it('stay possible: a score that a place standing out gives stays that place, a percentile within its range', () => {
    const random = createRandom(3);
    const edge = { exemplarCount: 5, score: 1, percentile: 1, peak: 1, ratios: [1] };
    for (let at = 0; at < 200; at++) {
      const { score, peak, percentile } = varyComparison(edge, random);
      expect(peak).toBe(score);
      expect(percentile).toBeLessThanOrEqual(1);
    }
  });
});
