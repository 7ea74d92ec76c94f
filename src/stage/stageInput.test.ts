/** What the stage is given to draw. */
import { readFileSync } from 'node:fs';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { runOfTrace, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { describe, expect, it } from 'vitest';
import { beginCorrecting, confirmCorrection } from '../state/actions/correct.ts';
import type { Current } from '../state/studioState.ts';
import { createTestStudio } from '../testing/studioContext.ts';
import { stageInput } from './stageInput.ts';

const trace = JSON.parse(readFileSync('e2e/fixtures/recorded.trace.json', 'utf8')) as Trace;

function studioWith(change: Partial<Current> = {}) {
  const studio = createTestStudio();
  const { width, height, name, sha256 } = trace.verdict.image;
  const current: Current = {
    ...{ runId: 'run', hasFile: true, name, sha256, size: { width, height }, category: null, mode: 'full' },
    ...{ origin: 'live', activity: 'open', run: runOfTrace(trace), branch: null, trace, askedFor: null },
    ...{ cutOff: false, problem: null, ...change },
  };
  studio.store.setState({ current });
  const turns = turnCount(current.run);
  studio.playhead.reset({ live: false, turns, t: turns });
  const words = { refused: '', clamped: '', originUnknown: '', corrected: '' };
  return { studio, input: () => stageInput(studio, {} as never, words)! };
}

describe('corrected boxes', () => {
  it('take the place of the verdict’s while they are edited, and stand beside them once kept', async () => {
    const { studio, input } = studioWith();
    const said = input().scene.marks.filter(({ kind }) => kind === 'defect');
    expect(said).toHaveLength(1);
    expect(input().kept).toEqual([]);
    beginCorrecting(studio);
    expect([input().scene.marks, input().kept]).toEqual([[], []]);
    await confirmCorrection(studio);
    expect(input().kept).toEqual([{ box: said[0]!.box, type: 'scratch' }]);
    expect(input().scene.marks.filter(({ kind }) => kind === 'defect')).toEqual(said);
  });

  it('belong to the verdict: earlier steps do not show them', async () => {
    const { studio, input } = studioWith();
    beginCorrecting(studio);
    await confirmCorrection(studio);
    studio.playhead.seek(3);
    expect(input().kept).toEqual([]);
  });
});
