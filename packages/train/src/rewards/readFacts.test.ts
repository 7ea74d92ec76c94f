import { describe, expect, it } from 'vitest';
import { answer, call, crop, runScript, SAYS_NORMAL, SAYS_SCRATCH } from '@agentiad/core/agent/testing.ts';
import { FORCED_ANSWER } from '@agentiad/core/agent/prompt.ts';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { readFacts } from './readFacts.ts';

/** The part of these scripts has 280 x 200 pixels. */
const TRUTH: Pick<LabelledCase, 'label' | 'type' | 'boxes'> = {
  label: 'anomalous',
  type: 'scratch',
  boxes: [{ box: [70, 50, 140, 100], type: 'scratch' }],
};
const GOOD = { label: 'normal', type: null, boxes: [] } as const;

async function factsOf(turns: readonly string[], truth: typeof TRUTH = TRUTH) {
  const { trace } = await runScript({ turns });
  return readFacts(trace, truth, null);
}

describe('readFacts', () => {
  it('reads the answer, the calls and the IoU of the asked box without its padding', async () => {
    const facts = await factsOf([crop([0.25, 0.25, 0.5, 0.5]), call('query_image'), SAYS_SCRATCH]);
    expect(facts).toEqual({
      truth: { label: 'anomalous', type: 'scratch' },
      answer: { isAnomalous: true, type: 'scratch' },
      calls: [
        { name: 'crop_image_normalized', ok: true },
        { name: 'query_image', ok: true },
      ],
      iou: 1,
      locationIou: 1,
      malformedTurns: 0,
      confidenceGain: null,
    });
  });

  it('takes the last crop that was executed, also one inside a crop', async () => {
    // The first shows [42, 30, 168, 120]; half of that, from its top left corner.
    const facts = await factsOf([crop([0.25, 0.25, 0.5, 0.5]), crop([0, 0, 0.5, 0.5], 2), SAYS_NORMAL]);
    const overlap = (105 - 70) * (75 - 50);
    expect(facts.iou).toBeCloseTo(overlap / (63 * 45 + 70 * 50 - overlap), 9);
    expect(facts.locationIou).toBe(0); // it says there is nothing
  });

  it('counts calls that failed or could not be read, and turns that were nothing', async () => {
    const facts = await factsOf([crop([0.5, 0.5, 0.2, 0.2]), '<tool_call>{oops</tool_call>', 'Well.', SAYS_SCRATCH]);
    expect(facts.calls).toEqual([
      { name: 'crop_image_normalized', ok: false },
      { name: null, ok: false },
    ]);
    expect(facts.malformedTurns).toBe(2);
    expect(facts.iou).toBeNull();
  });

  it('counts an answer without reasoning in its tags, unless the answer was forced before it could think', async () => {
    const bare = SAYS_SCRATCH.replace(/<think>.*<\/think>/, '');
    expect((await factsOf([bare])).malformedTurns).toBe(1);
    expect((await factsOf([SAYS_SCRATCH.replace('</think>', '')])).malformedTurns).toBe(1);
    expect((await factsOf([SAYS_SCRATCH.replace('<think>', 'So. <think>')])).malformedTurns).toBe(0);
    const calls = Array.from({ length: DEFAULT_LIMITS.maxToolCalls + 1 }, () => crop([0.25, 0.25, 0.5, 0.5]));
    const facts = await factsOf([...calls, bare.slice(FORCED_ANSWER.length)]);
    expect(facts.answer).toEqual({ isAnomalous: true, type: 'scratch' });
    expect(facts.malformedTurns).toBe(0);
  });

  it('has no answer where it does not parse, and no IoU for a part without a box', async () => {
    expect((await factsOf([answer({ anomaly_present: 'yes' })])).answer).toBeNull();
    const good = await factsOf([crop([0.25, 0.25, 0.5, 0.5]), SAYS_NORMAL], GOOD);
    expect([good.iou, good.locationIou]).toEqual([null, null]);
  });
});
