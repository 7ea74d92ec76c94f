/** Whether the agent's answer holds with another good part. Pure. */
import type { Answer } from '@agentiad/core/protocol/answer.ts';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { stepKind } from '@agentiad/core/replay/runSoFar.ts';
import type { Current } from './studioState.ts';

export interface Said {
  readonly answer: Answer;
  readonly score: number | null;
}

export interface SwapOutcome {
  readonly branch: string;
  readonly before: Said;
  /** Null: the agent came to no answer. */
  readonly after: Said | null;
  /** The agent says the same thing, defect or normal; null without an answer. */
  readonly holds: boolean | null;
}

/** What came of asking again with the good part of this hash, the last time; null when that was not done. */
export function swapOutcome(trace: Trace | null, exemplarSha256: string): SwapOutcome | null {
  const branch = trace?.branches?.findLast(
    ({ kind, images }) => kind === 'swapped' && images[0]?.source.sha256 === exemplarSha256,
  );
  const before = trace?.verdict;
  if (!branch || !before?.agentAnswer) return null;
  const after = branch.answer && { answer: branch.answer, score: branch.score };
  return {
    branch: branch.id,
    before: { answer: before.agentAnswer, score: before.verdict.score },
    after,
    holds: after && after.answer.anomaly_present === before.agentAnswer.anomaly_present,
  };
}

/** The turn whose good part is replaced: the last comparison up to `turn`, else the first after it, else `turn` itself. */
export function turnToSwap({ run }: Pick<Current, 'run'>, turn: number): number {
  const compares = run.steps.flatMap((step, index) =>
    stepKind(step) === 'compare' && !step.observation?.isError ? [index + 1] : [],
  );
  return compares.findLast((at) => at <= turn) ?? compares[0] ?? turn;
}
