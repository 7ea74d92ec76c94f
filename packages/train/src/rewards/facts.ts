/** What rewards look at: the behaviour of one rollout and the truth of its case, already read from the trace. */

/** One attempt to call a tool, in order; also those that could not be parsed or failed. */
export interface CallFact {
  /** As the model wrote it; null when the call could not be parsed. */
  readonly name: string | null;
  /** Executed without an error. */
  readonly ok: boolean;
}

export interface RolloutFacts {
  readonly truth: { readonly label: 'normal' | 'anomalous'; readonly type: string | null };
  /** The answer, or null when there was none or it did not parse. */
  readonly answer: { readonly isAnomalous: boolean; readonly type: string } | null;
  readonly calls: readonly CallFact[];
  /** IoU of the last executed crop, without its padding, with the true (or proposed) box; null without crop or box. */
  readonly iou: number | null;
  /** Largest IoU of a defect region that the answer stands for with a true box; null without a true box. */
  readonly locationIou: number | null;
  /** Turns that were neither a call nor an answer, calls that could not be parsed, and an answer without `<think>`. */
  readonly malformedTurns: number;
  /** How much what the tools showed raised the margin of the answer (`confidence.ts`); null when nothing was shown. */
  readonly confidenceGain: number | null;
}

/** Tools that bring knowledge from outside of the image (agent-spec §5.4: `search` counts as `query_image` does). */
export const KNOWLEDGE_TOOLS: readonly string[] = ['query_image', 'search'];

export function isRight({ answer, truth }: RolloutFacts): boolean {
  return answer !== null && answer.isAnomalous === (truth.label === 'anomalous');
}

/** Whether the rollout asked for knowledge from outside at least once. */
export function asksOutside({ calls }: RolloutFacts): boolean {
  return calls.some(({ name }) => name !== null && KNOWLEDGE_TOOLS.includes(name));
}

/** Share of a group's rollouts that asked outside. */
export function queryRate(group: readonly RolloutFacts[]): number {
  return group.filter(asksOutside).length / group.length;
}

/** Labels are compared without case, outer blanks and a final full stop (agent-spec §2.8). */
export function sameType(said: string, truth: string | null): boolean {
  return truth !== null && plainLabel(said) === plainLabel(truth);
}

export function plainLabel(label: string): string {
  return label.trim().replace(/\.$/, '').trimEnd().toLowerCase();
}
