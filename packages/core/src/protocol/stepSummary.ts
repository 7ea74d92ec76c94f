/** Steps as the verdict lists them. */
import type { TraceStep } from './trace.ts';
import type { Status, StepSummary } from './verdict.ts';

/** The last step has no observation: it is fine when it ended the inspection with an answer. */
export function summariseSteps(steps: readonly TraceStep[], status: Status): StepSummary[] {
  return steps.map((step) => ({
    id: step.id,
    tool: step.call?.name ?? null,
    args: step.call?.arguments ?? null,
    ok: step.observation ? !step.observation.isError : status === 'complete',
    output: step.observation?.text ?? step.rawText,
    ms: step.ms.prefill + step.ms.decode + step.ms.tool,
    tokens: step.tokens,
  }));
}
