import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import evalSchema from '@agentiad/core/schema/eval.schema.json' with { type: 'json' };
import { call, crop, paintPart, SAYS_NORMAL, SAYS_SCRATCH } from '@agentiad/core/agent/testing.ts';
import { makeLibrary } from '@agentiad/core/tools/testing.ts';
import type { LabelledCase } from '../data/labelledCase.ts';
import { GOOD, makeCase } from '../trajectories/testCase.ts';
import type { EvalDocument } from './document.ts';
import type { EvaluationPlan } from './runEvaluation.ts';
import { runEvaluation } from './runEvaluation.ts';
import { sayingDeps } from './testAgent.ts';
import { createWorstCases } from './worstCases.ts';

/** Four cases; the agent looks at the whole part, zooms, and finds three of them. */
const cases: LabelledCase[] = [
  makeCase({ id: 'bad/1' }),
  makeCase({ id: 'bad/2' }),
  makeCase({ id: 'good/1', ...GOOD }),
  makeCase({ id: 'good/2', ...GOOD, category: 'nut' }),
].map((one) => ({ ...one, part: () => Promise.resolve(paintPart(160, 120, `${one.id}.png`)) }));
const look = call('difference', { target_image: 1, top_k: 1 });
const turns = [
  ...[look, crop([0.2, 0.5, 0.45, 0.75]), SAYS_SCRATCH],
  ...[look, SAYS_NORMAL],
  ...[look, SAYS_NORMAL],
  ...[look, 'I cannot tell.', 'I cannot tell.', 'I cannot tell.', 'I cannot tell.', 'I cannot tell.', 'no'],
];

function evaluate(changes: Partial<EvaluationPlan> = {}): Promise<EvalDocument> {
  return runEvaluation(
    {
      cases,
      deps: sayingDeps((turn) => turns[turn] ?? SAYS_NORMAL),
      mode: 'full',
      seed: 3,
      withBaselines: true,
      withControls: false,
      noTool: null,
      openTraining: () => Promise.resolve([]),
      masks: null,
      worst: createWorstCases(2),
      validation: null,
      scoreMmad: () => Promise.resolve('not measured'),
      onProgress: () => {},
      ...changes,
    },
    { created: '2026-01-01T00:00:00.000Z', exemplars: 4, data: { path: 'test', sha256: null, split: 'test', seed: 3 } },
  );
}

describe('a whole evaluation', () => {
  it('counts what the agent said in the real loop, unparsable answers as wrong', async () => {
    const document = await evaluate();
    expect(document.outcomes.map(({ saysAnomalous }) => saysAnomalous)).toEqual([true, false, false, null]);
    expect(document).toMatchObject({ n: 4, accuracy: 0.5, recall: 0.5, specificity: 0.5, unparsable: 1 });
    expect(document.outcomes[0]!.score).toBeCloseTo(0.9, 5);
    expect(document.tools).toMatchObject({ differenceRate: 1, cropRate: 0.25 });
  });

  it('writes a report that its schema knows', async () => {
    const document: unknown = JSON.parse(JSON.stringify(await evaluate()));
    const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
    expect(ajv.validate(evalSchema, document), JSON.stringify(ajv.errors)).toBe(true);
  });

  it('runs the baselines over the same cases, with thresholds from leaving exemplars out', async () => {
    const { baselines, baselineDecisions, headline } = await evaluate();
    expect(baselines.patchNN).toMatchObject({ n: 4, thresholds: { 'leaving exemplars out': 4, none: 0 } });
    // The made-up Library match finds everything unusual: all called anomalous.
    expect(baselineDecisions.patchNN!.map(({ saysAnomalous }) => saysAnomalous)).toEqual([true, true, true, true]);
    expect(baselines.noTool).toBe('not measured');
    expect(headline).toMatch(/^No measured baseline beats the agent \(balanced accuracy 0\.500\)/);
  });

  it('takes thresholds from training cases where exemplars are too few, and says so', async () => {
    const few = cases.map((one) => ({ ...one, exemplars: makeLibrary(2) }));
    const training = few.map((one) => ({ ...one, id: `train/${one.id}` }));
    const { baselines } = await evaluate({ cases: few, openTraining: () => Promise.resolve(training) });
    expect(baselines.patchNN).toMatchObject({ thresholds: { 'training split': 4, none: 0 } });
  });

  it('decides nothing without any threshold, rather than looking at the test', async () => {
    const few = cases.map((one) => ({ ...one, exemplars: makeLibrary(2) }));
    const { baselines } = await evaluate({ cases: few });
    expect(baselines.pixelDiff).toMatchObject({ thresholds: { none: 4 }, balancedAccuracy: NaN, f1: NaN });
  });

  it('measures pixels where there is a map and a mask, and says so where not', async () => {
    expect((await evaluate()).pixels).toBe('not measured');
    // The map is 0.5 left and 1.62 right; the defect lies right.
    const pixels = Uint8Array.from({ length: 160 * 120 }, (_, i) => Number(i % 160 >= 80));
    const mask = { width: 160, height: 120, pixels };
    const masks = ({ label }: LabelledCase) => Promise.resolve({ mask: label === 'normal' ? null : mask });
    expect((await evaluate({ masks })).pixels).toMatchObject({
      n: 4,
      regions: 2,
      auroc: expect.closeTo(5 / 6, 1) as number,
    });
  });

  it('keeps the traces of the worst cases alone, the unanswered one first', async () => {
    const worst = createWorstCases(2);
    await evaluate({ worst });
    expect(worst.list().map(({ outcome }) => outcome.id)).toEqual(['good/2', 'bad/2']);
    expect(worst.list()[1]!.truth).toEqual([[30, 60, 70, 90]]);
  });

  it('runs the controls over the same cases', async () => {
    const { controls } = await evaluate({ withControls: true, withBaselines: false });
    expect(controls).toMatchObject({ toolsDisabled: { n: 4 }, greyCrop: { n: 4 }, wrongExemplar: { n: 4 } });
  });

  it('does not call exemplars of the same category wrong ones: one category has no such control', async () => {
    const alike = cases.map((one) => ({ ...one, category: 'washer' }));
    const { controls } = await evaluate({ cases: alike, withControls: true, withBaselines: false });
    expect(controls).toMatchObject({ toolsDisabled: { n: 4 }, greyCrop: { n: 4 }, wrongExemplar: 'not measured' });
  });

  it('gives F1 at a threshold from elsewhere', async () => {
    const { f1AtValidation } = await evaluate({ validation: { threshold: 0.05, from: 'other.json' } });
    // All with a score are alarms from 0.05 on: 2 hits, 1 alarm, the unanswered good part another.
    expect(f1AtValidation).toEqual({ value: 4 / 6, threshold: 0.05, from: 'other.json' });
  });
});
