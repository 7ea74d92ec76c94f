import type { Areas } from '@agentiad/core/image/areas.ts';
import { EMPTY_RUN } from '@agentiad/core/replay/runSoFar.ts';
import { expect, it } from 'vitest';
import type { Current } from '../state/studioState.ts';
import { liveCoverage } from './liveCoverage.ts';

const LEFT_HALF: Areas = {
  roi: [
    [
      [0, 0],
      [0.5, 0],
      [0.5, 1],
      [0, 1],
    ],
  ],
  ignore: [],
};

it('counts against the recipe’s area before there is a verdict, and says what the verdict says afterwards', () => {
  const seen = { boxes: [[0, 0, 50, 100]], share: 0.5, sharpest: 1 } as never;
  const about = { size: { width: 100, height: 100 }, trace: null } as unknown as Current;
  const live = { ...about, run: EMPTY_RUN, askedFor: { recipe: { areas: LEFT_HALF } } } as unknown as Current;
  expect(liveCoverage(live, seen).share).toBeCloseTo(1);
  expect(liveCoverage({ ...live, askedFor: null }, seen).share).toBeCloseTo(0.5);
  const ended = { ...live, run: { ...EMPTY_RUN, verdict: {} } } as unknown as Current;
  expect(liveCoverage(ended, seen).share).toBe(0.5);
});
