import { describe, expect, it } from 'vitest';
import { crop, call, runScript, SAYS_NORMAL, SAYS_SCRATCH } from '../agent/testing.ts';
import { checkDocument } from '../protocol/schema.ts';
import type { Trace, TraceBranch } from '../protocol/trace.ts';
import { runOfBranch } from './branches.ts';
import { applyEvent, EMPTY_RUN, runOfTrace } from './runSoFar.ts';
import { sceneAt } from './scene.ts';

/** Three steps, and a branch after the first that zooms elsewhere and answers the other thing. */
async function branched(): Promise<{ trace: Trace; branch: TraceBranch }> {
  const { trace } = await runScript({ turns: [crop([0, 0, 0.3, 0.3]), call('query_image'), SAYS_NORMAL] });
  const other = await runScript({ turns: [crop([0, 0, 0.3, 0.3]), crop([0.5, 0.5, 0.9, 0.9]), SAYS_SCRATCH] });
  const { verdict, images, steps, assets } = other.trace;
  const branch: TraceBranch = {
    ...verdict,
    ...verdict.verdict,
    id: 'b1',
    kind: 'asked',
    after: 's1',
    images: images.slice(2),
    steps: [{ ...steps[1]!, author: 'human' }, steps[2]!],
    answer: verdict.agentAnswer,
    ms: 5,
  };
  return { trace: { ...trace, assets: { ...trace.assets, ...assets }, branches: [branch] }, branch };
}

describe('a branch', () => {
  it('is shown as a run: the trunk up to where it leaves it, then its own steps, images and verdict', async () => {
    const { trace, branch } = await branched();
    const run = runOfBranch(trace, 'b1');
    expect(run.steps.map(({ id, author }) => [id, author])).toEqual([
      ['s1', 'agent'],
      ['s2', 'human'],
      ['s3', 'agent'],
    ]);
    expect(run.images.map(({ index, role }) => [index, role])).toEqual([
      [1, 'part'],
      [2, 'crop'],
      [3, 'crop'],
    ]);
    expect(run.verdict?.agentAnswer?.anomaly_present).toBe(true);
    expect(run.verdict?.steps.map(({ id }) => id)).toEqual(['s1', 's2', 's3']);
    const scene = sceneAt(run, 3, trace.verdict.image);
    expect(scene.marks.some(({ kind }) => kind === 'defect')).toBe(true);
    expect(runOfTrace(trace).verdict?.agentAnswer?.anomaly_present).toBe(false);
    expect(runOfBranch({ ...trace, branches: [{ ...branch, after: null }] }, 'b1').steps).toHaveLength(2);
  });

  it('keeps the trace valid, as beliefs and checks do; nonsense in them is refused', async () => {
    const { trace, branch } = await branched();
    const check = {
      kind: 'grey-crop',
      created: '',
      status: 'complete',
      answer: null,
      score: 0.2,
      label: 'review',
    } as const;
    const whole: Trace = {
      ...trace,
      firstBelief: 0.5,
      steps: trace.steps.map((step) => ({ ...step, belief: 0.25, ids: [1, 2] })),
      checks: [{ ...check, flips: true, message: '' }],
    };
    expect(checkDocument('trace', whole)).toMatchObject({ ok: true });
    expect(checkDocument('trace', trace)).toMatchObject({ ok: true });
    for (const broken of [
      { ...branch, kind: 'guessed' },
      { ...branch, score: 2 },
      { ...branch, steps: [{}] },
    ]) {
      expect(checkDocument('trace', { ...trace, branches: [broken] })).toMatchObject({ ok: false });
    }
  });
});

describe('a belief that comes after its step', () => {
  it('joins the step it belongs to; the one before the first step stands apart', async () => {
    const { trace } = await runScript({ turns: [crop([0, 0, 0.3, 0.3]), SAYS_NORMAL] });
    const [first] = trace.steps;
    const begun = applyEvent(EMPTY_RUN, { type: 'belief', stepId: null, belief: 0.4, ms: 1 });
    const stepped = applyEvent(begun, { type: 'step-finished', step: first! });
    const believed = applyEvent(stepped, { type: 'belief', stepId: 's1', belief: 0.7, ms: 3 });
    expect(believed.firstBelief).toBe(0.4);
    expect(believed.steps[0]).toEqual({ ...first, belief: 0.7, ms: { ...first!.ms, belief: 3 } });
  });
});
