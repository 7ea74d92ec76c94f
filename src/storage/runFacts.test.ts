import { describe, expect, it } from 'vitest';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { factsOfVerdict } from './runFacts.ts';

const verdict = {
  status: 'complete',
  verdict: { label: 'anomalous', score: null, decidedBy: 'library-match' },
  agentAnswer: null,
  libraryMatch: { score: 1.8 },
  exemplars: [],
  part: { category: 'cap' },
  recipe: null,
  settings: { t1: 0.3, t2: 0.7 },
} as unknown as Verdict;

describe('facts of a run', () => {
  it('say nothing for the agent where Library match decided alone', () => {
    expect(factsOfVerdict(verdict)).toMatchObject({
      label: 'anomalous',
      score: null,
      agentSays: null,
      libraryScore: 1.8,
    });
  });

  it('tell what the agent answered, whatever the label', () => {
    const agentAnswer = { anomaly_present: false, top_anomaly: 'none', visual_descriptions: [] };
    const decided = { ...verdict.verdict, label: 'review', score: 0.4, decidedBy: undefined } as const;
    expect(factsOfVerdict({ ...verdict, agentAnswer, verdict: decided } as Verdict)).toMatchObject({
      label: 'review',
      score: 0.4,
      agentSays: 'normal',
    });
  });
});
