import { describe, expect, it } from 'vitest';
import { runScript } from '../agent/testing.ts';
import { hashVerdict } from './hashVerdict.ts';
import { checkDocument } from './schema.ts';
import type { HumanDecision, Verdict } from './verdict.ts';

const answer = '<answer>{"anomaly_present": false, "top_anomaly": "none", "visual_descriptions": []}</answer>';
const { verdict } = (await runScript({ turns: [answer] })).trace;
const hash = hashVerdict(verdict);
const human: HumanDecision = {
  decision: 'defect',
  accepted: false,
  type: 'scratch',
  note: 'thumb nail catches',
  author: 'Li',
  at: '2026-05-01T12:00:00Z',
  verdictSha256: hash,
};
const saved: Verdict = { ...verdict, human, relabelled: { t1: 0.2, t2: 0.8, label: 'anomalous' } };

describe('the fingerprint of a verdict', () => {
  it('stays when somebody decides, and through a file', () => {
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(hashVerdict(saved)).toBe(hash);
    expect(hashVerdict(JSON.parse(JSON.stringify(saved)) as Verdict)).toBe(hash);
    expect(hashVerdict(Object.fromEntries(Object.entries(verdict).reverse()) as unknown as Verdict)).toBe(hash);
  });

  it('changes with any word or number of the verdict', () => {
    expect(hashVerdict({ ...verdict, verdict: { ...verdict.verdict, score: 0.123 } })).not.toBe(hash);
    expect(hashVerdict({ ...verdict, coverage: { share: 0.5 } })).not.toBe(hash);
  });

  it('a decision is part of the published format, and an incomplete one is not', () => {
    expect(checkDocument('verdict', saved)).toMatchObject({ ok: true });
    expect(checkDocument('verdict', { ...saved, human: { ...human, decision: 'maybe' } }).ok).toBe(false);
    expect(checkDocument('verdict', { ...saved, human: { decision: 'good' } }).ok).toBe(false);
  });
});
