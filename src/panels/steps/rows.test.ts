// @vitest-environment node
import { readFileSync } from 'node:fs';
import { runOfBranch } from '@agentiad/core/replay/branches.ts';
import { applyEvent, runOfTrace } from '@agentiad/core/replay/runSoFar.ts';
import type { Trace, TraceBranch } from '@agentiad/core/protocol/trace.ts';
import { describe, expect, it } from 'vitest';
import { rowsOf } from './rows.ts';

const recorded = JSON.parse(readFileSync('e2e/fixtures/recorded.trace.json', 'utf8')) as Trace;
const trace: Trace = { ...recorded, steps: recorded.steps.slice(0, 3) };
const branch: TraceBranch = {
  ...trace.verdict,
  id: 'b1',
  kind: 'asked',
  after: 's1',
  images: [],
  steps: [{ ...trace.steps[1]!, id: 'b1-s1', author: 'human' }],
  answer: null,
  score: null,
  label: 'review',
  reason: '',
  ms: 1,
};
const asked: Trace = { ...trace, branches: [branch] };
const keys = (rows: readonly { key: string }[]) => rows.map(({ key }) => key);

describe('the rows of the list of steps', () => {
  it('start with the look, list a question under the step it leaves at, and end with the answer', () => {
    const rows = rowsOf({ run: runOfTrace(asked), trace: asked, branch: null });
    expect(keys(rows)).toEqual(['look', 'step-1', 'branch-b1', 'step-2', 'step-3']);
  });

  it('of a branch are the steps it stands on, then its own', () => {
    const rows = rowsOf({ run: runOfBranch(asked, 'b1'), trace: asked, branch: 'b1' });
    expect(rows.map((row) => (row.kind === 'step' ? row.isOwn : row.kind))).toEqual(['look', false, true]);
  });

  it('end with the turn being written', () => {
    const run = applyEvent(runOfTrace(trace), { type: 'step-started', stepId: 's4' });
    expect(rowsOf({ run, trace: null, branch: null }).at(-1)).toMatchObject({ kind: 'running', turn: 4 });
  });
});
