/** Whether the inspection on the stage can be gone on with or asked, and if not, why. Pure. */
import { stepToGoOnFrom } from '@agentiad/core/replay/branches.ts';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { Current, StudioState } from './studioState.ts';

/** What stands in the way: nothing on the stage, an inspection being made, no verdict yet, file gone, no model. */
export type Obstacle = 'nothing' | 'inspecting' | 'unfinished' | 'no-file' | 'loading' | 'no-model';

type Asked = Pick<StudioState, 'current' | 'inspecting' | 'engine'>;

/** Null when a question can be asked. */
export function whyNotAsk(state: Asked): Obstacle | null {
  const { current } = state;
  if (!current) return 'nothing';
  if (state.inspecting) return 'inspecting';
  if (!current.trace) return 'unfinished';
  return whyNotInspect(state, current);
}

/** Null when an inspection that did not come to its end can go on; `settled`: it has an answer, or nobody knows how. */
export function whyNotResume(state: Asked): Obstacle | 'settled' | 'other-model' | null {
  const { current, engine } = state;
  if (!current) return 'nothing';
  if (state.inspecting) return 'inspecting';
  const status = current.trace?.verdict.status;
  if (status === 'complete' || !current.askedFor) return 'settled';
  const obstacle = whyNotInspect(state, current);
  if (obstacle) return obstacle;
  const { modelSha256 } = current.askedFor;
  return engine.state === 'ready' && engine.info.card.sha256 !== modelSha256 ? 'other-model' : null;
}

function whyNotInspect({ engine }: Asked, { hasFile }: Current): Obstacle | null {
  if (!hasFile) return 'no-file';
  if (engine.state === 'loading') return 'loading';
  return engine.state === 'failed' ? 'no-model' : null;
}

/** Another model than the one that made the inspection would answer. */
export function isOtherModel({ current, engine }: Asked): boolean {
  if (engine.state !== 'ready' || !current?.trace) return false;
  return engine.info.card.sha256 !== current.trace.verdict.model.sha256;
}

/** Step of the inspection itself after which a question is asked while `turn` is shown; null: before the first. */
export function stepToAskAfter({ trace, branch }: Pick<Current, 'trace' | 'branch'>, turn: number): string | null {
  const steps: readonly TraceStep[] = trace?.steps ?? [];
  const left = branch === null ? null : trace?.branches?.find(({ id }) => id === branch)?.after;
  const limit = left === null || left === undefined ? (branch === null ? steps.length : 0) : numberOf(steps, left);
  return stepToGoOnFrom(steps, Math.min(turn, limit));
}

/** Counted from 1; 0 for null. */
export function numberOf(steps: readonly TraceStep[], id: string | null): number {
  return steps.findIndex((step) => step.id === id) + 1;
}
