import { describe, expect, it } from 'vitest';
import { crop, runScript, SAYS_NORMAL } from '@agentiad/core/agent/testing.ts';
import { askedCrops, bestIou, boxScores, unionIou } from './boxes.ts';

describe('bestIou', () => {
  it('takes the best pair of a box and a truth', () => {
    const truths = [
      [0, 0, 10, 10],
      [100, 100, 110, 110],
    ] as const;
    // Half of the second defect, all of its own area inside it: 50 / 100.
    expect(bestIou([[100, 100, 105, 110]], truths)).toBe(0.5);
    expect(bestIou([], truths)).toBe(0);
  });
});

describe('unionIou', () => {
  it('is half when one of two equal defects is found', () => {
    const truths = [
      [0, 0, 10, 10],
      [20, 0, 30, 10],
    ] as const;
    expect(unionIou([[0, 0, 10, 10]], truths)).toBe(0.5);
  });

  it('counts overlapping boxes once', () => {
    expect(
      unionIou(
        [
          [0, 0, 10, 10],
          [5, 0, 15, 10],
        ],
        [[0, 0, 15, 10]],
      ),
    ).toBe(1);
  });

  it('is 0 where nothing meets', () => {
    expect(unionIou([[0, 0, 1, 1]], [[2, 2, 3, 3]])).toBe(0);
    expect(unionIou([], [[2, 2, 3, 3]])).toBe(0);
  });
});

describe('askedCrops', () => {
  it('gives the box as asked, without the padding that the tool adds, and a zoom of a zoom in pixels of the part', async () => {
    const { trace } = await runScript({
      turns: [crop([0.25, 0.25, 0.75, 0.75]), crop([0, 0, 0.5, 0.5], 2), SAYS_NORMAL],
    });
    const [first, second] = askedCrops(trace);
    // The part is 280 x 200.
    expect(first).toEqual([70, 50, 210, 150]);
    const shown = trace.images[1]!.frame;
    expect(second!.slice(0, 2)).toEqual(shown.slice(0, 2));
    expect(second![2]).toBe(shown[0] + Math.ceil((shown[2] - shown[0]) / 2));
  });

  it('leaves out what the tool refused', async () => {
    const { trace } = await runScript({ turns: [crop([0.9, 0.9, 0.1, 0.1]), SAYS_NORMAL] });
    expect(askedCrops(trace)).toEqual([]);
  });
});

describe('boxScores', () => {
  it('counts hits above an IoU of one half', () => {
    expect(boxScores([0.75, 0.5, 0.25, 0])).toEqual({ n: 4, hit50: 0.25, meanIoU: 0.375 });
  });
});
