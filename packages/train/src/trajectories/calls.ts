/** The tool calls of an inspection as a trajectory keeps them. */
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import type { CallRecord } from './trajectory.ts';

/** System and user come first; then each step is an assistant message followed by its observation. */
const FIRST_ASSISTANT_TURN = 2;

/** Calls that could be parsed, in order; a turn without one has nothing to name. */
export function callsOf(steps: readonly TraceStep[]): CallRecord[] {
  return steps.flatMap(({ call, observation }, index) => {
    if (!call) return [];
    const ok = observation?.isError === false;
    const error = observation?.isError ? observation.text.trim() : null;
    return [{ turn: FIRST_ASSISTANT_TURN + 2 * index, name: call.name, arguments: call.arguments, ok, error }];
  });
}
