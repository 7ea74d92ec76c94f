import { runScript } from '@agentiad/core/agent/testing.ts';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { describe, expect, it } from 'vitest';
import { uncertainties } from './uncertainty.ts';

const text = '<answer>{"anomaly_present": true, "top_anomaly": "scratch", "visual_descriptions": ["a line"]}</answer>';
const { verdict } = (await runScript({ turns: [() => ({ text, score: 0.9 })] })).trace;
const kinds = (changed: Partial<Verdict>) => uncertainties({ ...verdict, ...changed }).map(({ kind }) => kind);
const match = {
  view: [0, 0, 10, 10],
  score: 0.6,
  percentile: 50,
  calibrated: true,
  exemplarCount: 5,
  regions: [],
} as const;
const recipe = { id: 'washers', version: 1 };
const claims: Verdict['claims'] = [];
const coverage = { share: 1 };

describe('what was uncertain', () => {
  it('nothing validated it, nothing was compared, and a claim rests on nothing', () => {
    expect(kinds({ coverage })).toEqual(['unvalidated', 'unsupported', 'notCompared']);
  });

  it('a score between the thresholds comes first, then the second number saying the contrary', () => {
    const settings = { ...verdict.settings, t1: 0.2, t2: 0.95 };
    expect(kinds({ settings, recipe, claims, coverage, libraryMatch: match })).toEqual(['between', 'matchDisagrees']);
    expect(kinds({ settings, recipe, claims, coverage, libraryMatch: { ...match, score: 1.2 } })).toEqual(['between']);
  });

  it('a recipe that was never validated, as none', () => {
    const reason = 'Sent to review: not validated on this kind of part. The agent says normal.';
    expect(kinds({ recipe, verdict: { ...verdict.verdict, label: 'review', score: 0.1, reason } })).toContain(
      'unvalidated',
    );
  });

  it('a recipe that was validated for something else', () => {
    const sure = { claims, coverage, libraryMatch: { ...match, score: 1.2 } };
    const reason = 'Sent to review: changed since its validation: the model. The agent says defect: chip.';
    expect(kinds({ recipe, ...sure, verdict: { ...verdict.verdict, reason } })).toEqual(['otherwiseValidated']);
    expect(kinds({ recipe, ...sure, verdict: { ...verdict.verdict, label: 'anomalous' } })).toEqual([]);
  });

  it('clamped places, refused calls and unseen parts count', () => {
    const region = {
      ...verdict.regions[0]!,
      origin: { image: 1, frame: [0, 0, 1, 1], raw: null, clamped: true },
    } as const;
    const step = { ...verdict.steps[0]!, ok: false };
    const found = uncertainties({ ...verdict, regions: [region, region], steps: [step], coverage: { share: 0.333 } });
    expect(found.slice(-3)).toEqual([
      { kind: 'clamped', count: 2 },
      { kind: 'refused', count: 1 },
      { kind: 'coverage', count: 33 },
    ]);
    const last = (share: number) => uncertainties({ ...verdict, coverage: { share } }).at(-1);
    expect(last(0)).toEqual({ kind: 'reduced', count: 1 });
    expect(last(0.001)).toEqual({ kind: 'coverage', count: 1 });
  });

  it('a run without an answer has nothing to be uncertain about', () => {
    expect(kinds({ status: 'failed' })).toEqual([]);
  });
});
