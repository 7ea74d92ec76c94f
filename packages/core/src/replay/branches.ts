/** A branch of a trace as a run of its own: the inspection up to where it goes another way, then the branch. */
import { summariseSteps } from '../protocol/stepSummary.ts';
import type { Trace, TraceBranch, TraceImage, TraceStep } from '../protocol/trace.ts';
import type { Verdict } from '../protocol/verdict.ts';
import { assert } from '../support/assert.ts';
import type { RunSoFar } from './runSoFar.ts';

/** Steps of a run up to and with step `after`; none for null. */
export function stepsUpTo(steps: readonly TraceStep[], after: string | null): readonly TraceStep[] {
  if (after === null) return [];
  const index = steps.findIndex(({ id }) => id === after);
  assert(index >= 0, `there is no step ${after}`);
  return steps.slice(0, index + 1);
}

/** The last step of `steps` that one can go on from, at or before `turn` (1 = the first); null: only from the start. */
export function stepToGoOnFrom(steps: readonly TraceStep[], turn = steps.length): string | null {
  return steps.slice(0, turn).findLast(({ observation }) => observation !== null)?.id ?? null;
}

/** The images that the conversation holds after `steps`: the part, and what the steps showed. */
export function imagesAfter(images: readonly TraceImage[], steps: readonly TraceStep[]): readonly TraceImage[] {
  const shown = new Set([1, ...steps.map(({ observation }) => observation?.image)]);
  return images.filter(({ index }) => shown.has(index));
}

/** What `sceneAt` shows of branch `id`; throws when the trace has no such branch. */
export function runOfBranch(trace: Trace, id: string): RunSoFar {
  const branch = trace.branches?.find((candidate) => candidate.id === id);
  assert(branch, `the trace has no branch ${id}`);
  const steps = stepsUpTo(trace.steps, branch.after);
  return {
    images: [...imagesAfter(trace.images, steps), ...branch.images],
    assets: trace.assets,
    steps: [...steps, ...branch.steps],
    firstBelief: trace.firstBelief ?? null,
    running: null,
    verdict: verdictOfBranch(trace.verdict, branch),
  };
}

/** The verdict of the inspection with what the branch changes. */
export function verdictOfBranch(verdict: Verdict, branch: TraceBranch): Verdict {
  const kept = verdict.steps.findIndex(({ id }) => id === branch.after) + 1;
  const { status, libraryMatch, regions, claims, coverage, exemplars, model, warnings, errors } = branch;
  return {
    ...verdict,
    ...{ status, libraryMatch, regions, claims, coverage, exemplars, model, warnings, errors },
    id: branch.id,
    created: branch.created,
    verdict: { ...verdict.verdict, label: branch.label, score: branch.score, reason: branch.reason },
    agentAnswer: branch.answer,
    steps: [...verdict.steps.slice(0, kept), ...summariseSteps(branch.steps, branch.status)],
  };
}
