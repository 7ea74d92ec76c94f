/** The belief curve as points: where it was not read there is a gap, never a guess. Pure. */
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';

export interface BeliefPoint {
  /** 0 = after the look at the whole part. */
  readonly turn: number;
  /** P(true), 0..1. */
  readonly belief: number;
}

export function beliefPoints(first: number | null, steps: readonly Pick<TraceStep, 'belief'>[]): BeliefPoint[] {
  return [first, ...steps.map((step) => step.belief ?? null)].flatMap((belief, turn) =>
    belief === null ? [] : [{ turn, belief }],
  );
}

/** Points of consecutive turns belong to one line. */
export function linesOf(points: readonly BeliefPoint[]): BeliefPoint[][] {
  const lines: BeliefPoint[][] = [];
  for (const point of points) {
    const line = lines.at(-1);
    if (line?.at(-1)?.turn === point.turn - 1) line.push(point);
    else lines.push([point]);
  }
  return lines;
}
