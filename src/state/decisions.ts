/** What follows from decisions: what accepting means, who disagrees with whom, which run comes next. Pure. */
import { hashVerdict } from '@agentiad/core/protocol/hashVerdict.ts';
import type { HumanDecision, Verdict } from '@agentiad/core/protocol/verdict.ts';
import type { RunRecord } from '../storage/schema.ts';
import type { HistoryFilter, StudioState } from './studioState.ts';

/**
 * What accepting the verdict decides: its label, or, where it was sent to review, what the agent answered. Null where
 * there is nothing to accept.
 */
export function acceptedAs(verdict: Verdict): 'good' | 'defect' | null {
  if (verdict.status !== 'complete') return null;
  const { label } = verdict.verdict;
  if (label !== 'review') return label === 'normal' ? 'good' : 'defect';
  if (!verdict.agentAnswer) return null;
  return verdict.agentAnswer.anomaly_present ? 'defect' : 'good';
}

/** True when somebody decided the contrary of the label the run was issued with, or else of the agent's answer. */
export function disagrees(
  run: Pick<RunRecord, 'label' | 'agentSays'>,
  decision: Pick<HumanDecision, 'decision'> | undefined,
): boolean {
  const model = run.label === null || run.label === 'review' ? run.agentSays : run.label;
  if (model === null || !decision || decision.decision === 'unsure') return false;
  return (decision.decision === 'good') !== (model === 'normal');
}

/** True when the decision cites another verdict than there is: the inspection went on since, or a file was altered. */
export function decidedOnAnother(
  verdict: Verdict,
  decision: Pick<HumanDecision, 'verdictSha256'> | undefined,
): boolean {
  return decision !== undefined && decision.verdictSha256 !== hashVerdict(verdict);
}

type Decided = Pick<StudioState, 'history' | 'decisions'>;

const FILTERS: Readonly<Record<HistoryFilter, (run: RunRecord, decisions: Decided['decisions']) => boolean>> = {
  all: (run) => !isValidating(run),
  undecided: (run, decisions) => run.status === 'complete' && !isValidating(run) && !decisions[run.id],
  disagreements: (run, decisions) => disagrees(run, decisions[run.id]),
  validation: isValidating,
};

/** Nobody waits for what is decided on it: what it truly is was known before. */
function isValidating({ origin }: Pick<RunRecord, 'origin'>): boolean {
  return origin === 'validation';
}

export function filterRuns({ history, decisions }: Decided, filter: HistoryFilter): readonly RunRecord[] {
  return history.filter((run) => FILTERS[filter](run, decisions));
}

/** The run `by` places further down the list as it is filtered (negative: up), or null at its end. */
export function neighbourOf(
  state: Decided & Pick<StudioState, 'historyFilter'>,
  runId: string,
  by: 1 | -1,
): RunRecord | null {
  const listed = filterRuns(state, state.historyFilter);
  const at = listed.findIndex((run) => run.id === runId);
  // A run that the filter no longer lists (it was just decided) stands where it was in the whole list.
  if (at >= 0) return listed[at + by] ?? null;
  const place = state.history.findIndex((run) => run.id === runId);
  const beyond = by > 0 ? state.history.slice(place + 1) : state.history.slice(0, Math.max(place, 0)).reverse();
  return beyond.find((run) => listed.includes(run)) ?? null;
}

/** The next run down the list that nobody decided, beginning again at the top. */
export function nextUndecided(state: Decided, runId: string): RunRecord | null {
  const place = state.history.findIndex((run) => run.id === runId);
  const around = [...state.history.slice(place + 1), ...state.history.slice(0, Math.max(place, 0))];
  return around.find((run) => FILTERS.undecided(run, state.decisions)) ?? null;
}
