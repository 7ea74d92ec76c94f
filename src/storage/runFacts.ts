/** What a list needs to know of a verdict: pulled out once, so that lists never read traces. */
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import type { RunRecord } from './schema.ts';

export type RunFacts = Pick<RunRecord, 'label' | 'score' | 'agentSays' | 'thresholds'>;

/** Facts of a verdict; of a run without one where it is null. */
export function factsOfVerdict(verdict: Verdict | null): RunFacts {
  if (verdict?.status !== 'complete') return { label: null, score: null, agentSays: null, thresholds: null };
  const { t1, t2 } = verdict.settings;
  return {
    label: verdict.verdict.label,
    score: verdict.verdict.score,
    agentSays: verdict.agentAnswer?.anomaly_present ? 'anomalous' : 'normal',
    thresholds: { t1, t2 },
  };
}
