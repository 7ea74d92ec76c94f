import { describe, expect, it } from 'vitest';
import type { Segment } from '@agentiad/core/tokenizer/conversation.ts';
import { trainedPositions } from '../trajectories/trajectory.ts';
import { typeSegments } from './segments.ts';

const RECORD: readonly Segment[] = [
  { from: 0, to: 4, kind: 'system', turn: 0 },
  { from: 4, to: 9, kind: 'user', turn: 1 },
  { from: 9, to: 14, kind: 'model', turn: 2 },
  { from: 14, to: 16, kind: 'observation', turn: 3 },
  { from: 16, to: 22, kind: 'model', turn: 4 },
];

describe('typeSegments', () => {
  it('G11: forced and inserted tokens are no model tokens, drawn ones are, each end of turn included', () => {
    // Turn 2 was cut after 4 tokens and got its end of turn put in; turn 4 began with a forced prefix of 2.
    const typed = typeSegments(RECORD, [
      { from: 9, to: 13 },
      { from: 18, to: 22 },
    ]);
    expect(trainedPositions(typed, 'all-assistant')).toEqual([9, 10, 11, 12, 18, 19, 20, 21]);
    expect(typed.filter(({ turn }) => turn === 2 || turn === 4)).toEqual([
      { from: 9, to: 13, kind: 'model', turn: 2 },
      { from: 13, to: 14, kind: 'observation', turn: 2 },
      { from: 16, to: 18, kind: 'observation', turn: 4 },
      { from: 18, to: 22, kind: 'model', turn: 4 },
    ]);
  });

  it('leaves what was drawn as a whole, and everything else, as it is', () => {
    const drawn = [
      { from: 9, to: 14 },
      { from: 16, to: 22 },
    ];
    expect(typeSegments(RECORD, drawn)).toEqual(RECORD);
  });

  it('refuses drawn tokens that do not stand where the model speaks', () => {
    expect(() => typeSegments(RECORD, [{ from: 12, to: 15 }])).toThrow(/3 tokens were drawn, but 2/);
  });
});
