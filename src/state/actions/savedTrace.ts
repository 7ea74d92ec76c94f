/** What goes into files: verdict and trace as issued, with the decision made on it and what its score says today. */
import { labelOfScore } from '@agentiad/core/protocol/thresholds.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { HumanDecision, Verdict } from '@agentiad/core/protocol/verdict.ts';
import type { DecisionRecord } from '../../storage/schema.ts';
import { decidedOnAnother } from '../decisions.ts';
import type { StudioState } from '../studioState.ts';
import { thresholdsOf } from '../thresholds.ts';

type Beside = Pick<StudioState, 'decisions' | 'thresholds' | 'movedThresholds' | 'categories' | 'recipes'>;

/** The verdict untouched but for `human` and `relabelled`, which its fingerprint leaves out. */
export function verdictForFile(state: Beside, runId: string, verdict: Verdict): Verdict {
  const decision = state.decisions[runId];
  const { score } = verdict.verdict;
  const { t1, t2 } = thresholdsOf(state, verdict.part.category);
  const thresholds = { t1, t2 };
  return {
    ...verdict,
    human: decision ? toHuman(decision, verdict) : null,
    ...(score !== null && { relabelled: { ...thresholds, label: labelOfScore(score, thresholds) } }),
  };
}

export function traceForFile(state: Beside, runId: string, trace: Trace): Trace {
  return { ...trace, verdict: verdictForFile(state, runId, trace.verdict) };
}

function toHuman(record: DecisionRecord, verdict: Verdict): HumanDecision {
  const { decision, accepted, type, note, author, at, verdictSha256 } = record;
  const isChanged = decidedOnAnother(verdict, record);
  return { decision, accepted, type, note, author, at, verdictSha256, ...(isChanged && { verdictChanged: true }) };
}
