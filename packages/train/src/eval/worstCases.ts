/** The cases that went most wrong, with their traces; only as many traces are kept in memory as are wanted. */
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import type { Box } from '@agentiad/core/image/box.ts';
import type { Outcome } from './evaluate.ts';
import { isRight } from '@agentiad/core/validation/metrics.ts';

export interface WorstCase {
  readonly outcome: Outcome;
  readonly trace: Trace;
  readonly truth: readonly Box[];
}

export interface WorstCases {
  add(worst: WorstCase): void;
  /** Worst first. */
  list(): readonly WorstCase[];
}

export function createWorstCases(count: number): WorstCases {
  const kept: WorstCase[] = [];
  return {
    add(candidate) {
      kept.push(candidate);
      kept.sort((a, b) => wrongness(b.outcome) - wrongness(a.outcome));
      kept.splice(count);
    },
    list: () => kept,
  };
}

/** No answer 3; a wrong one 1 to 2, by how sure it was; a right one 0 to 1, by how doubtful. */
export function wrongness(outcome: Outcome): number {
  if (outcome.saysAnomalous === null) return 3;
  const distance = Math.abs((outcome.score ?? 0.5) - Number(outcome.label === 'anomalous'));
  return isRight(outcome) ? distance : 1 + distance;
}
