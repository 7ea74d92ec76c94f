/**
 * Typed segments of a rollout. In the record of an inspection everything that stands in the assistant's place is `model`;
 * here only what the model drew stays so. A forced prefix and an end of turn that was put after a cut become
 * `observation`, so that masks need nothing but the segments (training.md G11).
 */
import type { Segment } from '@agentiad/core/tokenizer/conversation.ts';
import { assert } from '@agentiad/core/support/assert.ts';

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** `segments` with `model` on the spans `drawn` (ascending) alone. */
export function typeSegments(segments: readonly Segment[], drawn: readonly Span[]): Segment[] {
  const typed = segments.flatMap((segment) => (segment.kind === 'model' ? splitModel(segment, drawn) : [segment]));
  const count = (of: readonly Span[]) => of.reduce((sum, { from, to }) => sum + to - from, 0);
  const kept = count(typed.filter(({ kind }) => kind === 'model'));
  assert(kept === count(drawn), `${count(drawn)} tokens were drawn, but ${kept} of them stand in the model's place`);
  return typed;
}

function splitModel(segment: Segment, drawn: readonly Span[]): Segment[] {
  const parts: Segment[] = [];
  const add = (from: number, to: number, kind: 'model' | 'observation') => {
    if (from < to) parts.push({ ...segment, from, to, kind });
  };
  let at = segment.from;
  for (const span of drawn) {
    const from = Math.max(span.from, segment.from);
    const to = Math.min(span.to, segment.to);
    if (from >= to) continue;
    add(at, from, 'observation');
    add(from, to, 'model');
    at = to;
  }
  add(at, segment.to, 'observation');
  return parts;
}
