/** What the verdict's card says in every state an inspection can be in. */
import { readFileSync } from 'node:fs';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { EMPTY_RUN, runOfTrace, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { flushSync } from 'react-dom';
import { createRoot } from 'react-dom/client';
import { describe, expect, it } from 'vitest';
import type { Current, EngineStatus } from '../../state/studioState.ts';
import { StudioReactContext } from '../../state/useStudio.ts';
import { createTestStudio } from '../../testing/studioContext.ts';
import { TooltipProvider } from '../../ui/Tooltip.tsx';
import { VerdictCard } from './VerdictCard.tsx';

const recorded = JSON.parse(readFileSync('e2e/fixtures/recorded.trace.json', 'utf8')) as Trace;

const waiting: Current = {
  runId: 'run',
  hasFile: true,
  name: 'part.png',
  sha256: 'aa',
  size: { width: 40, height: 30 },
  category: null,
  mode: 'pz',
  origin: 'live',
  activity: 'waiting',
  run: EMPTY_RUN,
  branch: null,
  trace: null,
  askedFor: null,
  cutOff: false,
  problem: null,
};

function show(change: Partial<Current>, engine?: EngineStatus): string {
  const studio = createTestStudio();
  const current = { ...waiting, ...change };
  studio.store.setState({ current, ...(engine && { engine }) });
  const turns = turnCount(current.run);
  studio.playhead.reset({ live: false, turns, t: turns });
  const element = document.createElement('div');
  const root = createRoot(element);
  flushSync(() =>
    root.render(
      <StudioReactContext value={studio}>
        <TooltipProvider>
          <VerdictCard />
        </TooltipProvider>
      </StudioReactContext>,
    ),
  );
  const text = element.innerHTML.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
  root.unmount();
  return text;
}

/** The recorded trace with another label and answer. */
function finished(label: 'normal' | 'review' | 'anomalous'): Partial<Current> {
  const { verdict } = recorded;
  const trace: Trace = { ...recorded, verdict: { ...verdict, verdict: { ...verdict.verdict, label } } };
  return { activity: 'open', run: runOfTrace(trace), trace };
}

const problem = {
  code: 'image-damaged',
  subject: 'part.png',
  reason: 'The image is damaged.',
  remedy: 'Copy it again.',
};

describe('the verdict', () => {
  it('loading: says what is being loaded', () => {
    const phase = { step: 'agent', bytes: 1_600_000, share: null } as const;
    expect(show({}, { state: 'loading', phase })).toMatch(/Getting ready.*Loading the agent: 1\.6 MB/);
  });

  it('running, and stopping', () => {
    expect(show({ activity: 'running' })).toContain('Inspecting');
    expect(show({ activity: 'stopping' })).toContain('Stopping');
    const run = { ...EMPTY_RUN, steps: recorded.steps.slice(0, 2) };
    expect(show({ activity: 'running', run })).toContain('Step 3 of at most 5, 0s');
  });

  it('done: normal or defect, with the reason', () => {
    expect(show(finished('normal'))).toMatch(/Normal/);
    expect(show(finished('anomalous'))).toMatch(/Defect/);
  });

  it('needs review: asks for a decision and says what is uncertain', () => {
    expect(show(finished('review'))).toMatch(/Needs review.*Not decided.*uncertain/i);
  });

  it('error: cause and remedy, and inspecting again', () => {
    expect(show({ activity: 'open', problem })).toMatch(/The image is damaged\..*Copy it again\..*Inspect again/);
  });

  it('error of the graphics device: also what works all the same', () => {
    const lost = { ...problem, code: 'device-lost', reason: 'was lost.' };
    expect(show({ activity: 'open', problem: lost })).toMatch(
      /was lost\..*graphics device was reset.*Works all the same/,
    );
  });

  it('interrupted: keeps the steps and offers to go on', () => {
    expect(show({ activity: 'open', cutOff: true })).toMatch(/Interrupted.*Inspect again/);
  });

  it('without a model: says why, and that it is the model', () => {
    const failed = {
      state: 'failed',
      problem: { ...problem, code: 'model-damaged', subject: 'weights-0000.bin' },
    } as const;
    expect(show({}, failed)).toMatch(/could not be loaded.*weights-0000\.bin/i);
  });
});
