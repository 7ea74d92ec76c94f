import { describe, expect, it } from 'vitest';
import { MODE_NAMES, MODES } from '@agentiad/core/protocol/modes.ts';
import { parseTurn } from '@agentiad/core/protocol/parseTurn.ts';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import { describeDifference } from '@agentiad/core/tools/differenceTool.ts';
import type { GroundTruth } from './teacher.ts';
import { readDifference, scriptedTurn } from './teacher.ts';

const BAD: GroundTruth = { label: 'anomalous', type: 'bent pin', zoom: [0.1, 0.2, 0.3, 0.4] };
const GOOD: GroundTruth = { label: 'normal', type: null, zoom: [0.1, 0.2, 0.3, 0.4] };

/** The observation of `difference`, worded by the tool itself. */
function compared(score: number, percentile: number | null = 99): string {
  return describeDifference({
    places: [
      { box: [0.25, 0.5, 0.75, 1], ratio: score, percentile },
      { box: [0, 0, 0.1, 0.1], ratio: score / 2, percentile },
    ],
    score,
    percentile,
    calibrated: percentile !== null,
    exemplarCount: 5,
    standsOut: 1.5,
  });
}

function step(rawText: string, text: string, isError = false): TraceStep {
  const turn = parseTurn(rawText);
  return {
    id: 's1',
    rawText,
    thought: '',
    call: turn.kind === 'call' ? { name: turn.name, arguments: turn.arguments } : null,
    observation: { text, isError, image: null, boxes: [], map: null },
    author: 'agent',
    tokens: { prefilled: 0, generated: 0 },
    ms: { prefill: 0, decode: 0, tool: 0 },
  };
}

/** Plays the teacher against scripted observations until it answers; its turns. */
function play(truth: GroundTruth, mode: keyof typeof MODES, scores: readonly number[], percentile?: number | null) {
  const steps: TraceStep[] = [];
  const turns: string[] = [];
  const left = [...scores];
  for (;;) {
    const text = scriptedTurn(truth, MODES[mode], steps);
    turns.push(text);
    const turn = parseTurn(text);
    if (turn.kind !== 'call') return turns;
    steps.push(step(text, turn.name === 'difference' ? compared(left.shift()!, percentile) : '\nHere it is:'));
  }
}

const names = (turns: readonly string[]) =>
  turns.map((text) => {
    const turn = parseTurn(text);
    return turn.kind === 'call' ? turn.name : turn.kind;
  });

describe('readDifference', () => {
  it("reads what the tool writes: points, percentile, peak, the first place's box as written and every place", () => {
    expect(readDifference(compared(1.62))).toEqual({
      exemplarCount: 5,
      score: 162,
      percentile: 99,
      peak: 150,
      box: '[0.25, 0.50, 0.75, 1.00]',
      places: [162, 81],
    });
    expect(readDifference(compared(0.4, null))).toMatchObject({ score: 40, percentile: null });
  });

  it('is null for anything else', () => {
    expect(readDifference('\nHere is the cropped image (Image Size: 40x40):')).toBeNull();
  });
});

describe('the scripted teacher', () => {
  it('compares, zooms where the comparison points, compares the crop, and answers when both are clear', () => {
    const turns = play(BAD, 'full', [2.5, 3]);
    expect(names(turns)).toEqual(['difference', 'crop_image_normalized', 'difference', 'answer']);
    expect(turns[1]).toContain('"bbox_2d": [0.25, 0.50, 0.75, 1.00]');
    expect(turns[3]).toContain('Whole part 250, peak 150. Crop 250, peak 150.');
  });

  it('looks at a known-good part only where the readings are unclear or uncalibrated', () => {
    expect(names(play(BAD, 'full', [1, 3]))).toContain('query_image');
    expect(names(play(BAD, 'full', [2.5, 1.3]))).toContain('query_image');
    expect(names(play(BAD, 'full', [0.2, 0.3], null))).toContain('query_image');
    expect(names(play(GOOD, 'full', [0.2, 0.3]))).not.toContain('query_image');
  });

  it('uses the tools of each mode, each once', () => {
    expect(names(play(BAD, 'cot', []))).toEqual(['answer']);
    expect(names(play(BAD, 'pz', []))).toEqual(['crop_image_normalized', 'answer']);
    expect(names(play(BAD, 'pz+cr', []))).toEqual(['crop_image_normalized', 'query_image', 'answer']);
  });

  it('lets the label show in the answer alone: same observations, same actions', () => {
    for (const mode of MODE_NAMES) {
      for (const scores of [
        [0.3, 0.4],
        [1, 1.1],
        [4, 5],
      ]) {
        const [bad, good] = [play(BAD, mode, scores), play(GOOD, mode, scores)];
        expect(bad.slice(0, -1)).toEqual(good.slice(0, -1));
        const thought = (text: string) => text.slice(0, text.indexOf('<answer>'));
        expect(thought(bad.at(-1)!)).toBe(thought(good.at(-1)!));
        expect(bad.at(-1)).not.toBe(good.at(-1));
      }
    }
  });

  it('takes the place to zoom from the truth only where no comparison tells it', () => {
    const other: GroundTruth = { ...BAD, zoom: [0.5, 0.5, 0.9, 0.9] };
    expect(play(BAD, 'full', [2, 3])).toEqual(play(other, 'full', [2, 3]));
    expect(play(BAD, 'pz', [])[0]).toContain('[0.10, 0.20, 0.30, 0.40]');
    expect(play(other, 'pz', [])[0]).toContain('[0.50, 0.50, 0.90, 0.90]');
  });

  it('answers as the protocol wants: the type from the list, evidence at the place compared', () => {
    const turn = parseTurn(play(BAD, 'full', [2, 3]).at(-1)!);
    expect(turn).toMatchObject({
      kind: 'answer',
      answer: {
        anomaly_present: true,
        top_anomaly: 'bent pin',
        evidence: [{ image: 1, bbox_2d: [0.25, 0.5, 0.75, 1] }],
      },
    });
    expect(parseTurn(play(GOOD, 'full', [2, 3]).at(-1)!)).toMatchObject({
      answer: { anomaly_present: false, top_anomaly: 'none', visual_descriptions: [] },
    });
    expect(parseTurn(play(BAD, 'cot', []).at(-1)!)).toMatchObject({
      kind: 'answer',
      answer: { anomaly_present: true },
    });
  });

  it('answers after an error instead of trying the same again', () => {
    const call = scriptedTurn(BAD, MODES.pz, []);
    const next = scriptedTurn(BAD, MODES.pz, [step(call, '\nExecution error:\nThe crop is too small.', true)]);
    expect(parseTurn(next).kind).toBe('answer');
  });
});
