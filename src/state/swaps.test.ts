import { describe, expect, it } from 'vitest';
import { IMAGES, RUN, VERDICT } from '@agentiad/core/replay/testing.ts';
import type { Trace, TraceBranch } from '@agentiad/core/protocol/trace.ts';
import { swapOutcome, turnToSwap } from './swaps.ts';

const answer = (anomaly_present: boolean) => ({ anomaly_present, top_anomaly: 'scratch', visual_descriptions: [] });
const branch = (id: string, fields: Partial<TraceBranch>) =>
  ({ id, kind: 'swapped', images: [IMAGES[2]!], answer: answer(true), score: 0.7, ...fields }) as TraceBranch;
const trace = (...branches: TraceBranch[]) =>
  ({
    verdict: { ...VERDICT, agentAnswer: answer(true), verdict: { score: 0.9 } },
    branches,
  }) as unknown as Trace;

describe('asking again with another good part', () => {
  it('tells whether the answer holds, by the last time it was asked', () => {
    expect(swapOutcome(trace(branch('b1', {})), 'good')).toMatchObject({ holds: true, after: { score: 0.7 } });
    const twice = trace(branch('b1', {}), branch('b2', { answer: answer(false), score: 0.2 }));
    expect(swapOutcome(twice, 'good')).toMatchObject({ branch: 'b2', holds: false, before: { score: 0.9 } });
    expect(swapOutcome(trace(branch('b1', { answer: null })), 'good')).toMatchObject({ holds: null, after: null });
  });

  it('knows nothing of other good parts and other questions', () => {
    expect(swapOutcome(trace(branch('b1', {})), 'another')).toBeNull();
    expect(swapOutcome(trace(branch('b1', { kind: 'asked' })), 'good')).toBeNull();
    expect(swapOutcome(null, 'good')).toBeNull();
  });

  it('replaces the good part that was fetched last before the step on show', () => {
    expect(turnToSwap({ run: RUN }, 5)).toBe(4);
    expect(turnToSwap({ run: RUN }, 2)).toBe(4);
    expect(turnToSwap({ run: { ...RUN, steps: RUN.steps.slice(0, 2) } }, 2)).toBe(2);
  });
});
