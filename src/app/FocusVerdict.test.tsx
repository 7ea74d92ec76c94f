import { readFileSync } from 'node:fs';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Trace } from '@agentiad/core/protocol/trace.ts';
import { runOfTrace, turnCount } from '@agentiad/core/replay/runSoFar.ts';
import type { Current } from '../state/studioState.ts';
import { StudioReactContext } from '../state/useStudio.ts';
import { createTestStudio, type TestStudio } from '../testing/studioContext.ts';
import { FocusVerdict } from './FocusVerdict.tsx';

const trace = JSON.parse(readFileSync('e2e/fixtures/recorded.trace.json', 'utf8')) as Trace;
const run = runOfTrace(trace);
const running = { runId: 'r', activity: 'running', run } as Current;

let studio: TestStudio;
let root: Root;

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  studio = createTestStudio();
  studio.playhead.reset({ live: true, turns: turnCount(run), t: turnCount(run) });
  document.body.innerHTML = '<input><h2 class="verdict-lead" tabindex="-1">It is so</h2><div id="root"></div>';
  root = createRoot(document.getElementById('root')!);
  act(() =>
    root.render(
      <StudioReactContext value={studio}>
        <FocusVerdict />
      </StudioReactContext>,
    ),
  );
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  vi.unstubAllGlobals();
});

function finish(before: () => void = () => {}): void {
  act(() => studio.store.setState({ current: running }));
  act(before);
  act(() => studio.store.setState({ current: { ...running, activity: 'open' } }));
}

const shown = () => [document.activeElement?.tagName, studio.store.getState().narrowPane];

describe('the end of an inspection', () => {
  it('brings the verdict to the front, with the focus', () => {
    finish();
    expect(shown()).toEqual(['H2', 'verdict']);
  });

  it('leaves alone who types, and the pane of who looks at an earlier step', () => {
    finish(() => document.querySelector('input')!.focus());
    expect(shown()).toEqual(['INPUT', 'image']);
    document.querySelector('input')!.blur();
    finish(() => studio.playhead.previous());
    expect(shown()).toEqual(['H2', 'image']);
  });

  it('is not that of a stored one that is opened', () => {
    act(() => studio.store.setState({ current: { ...running, activity: 'open' } }));
    expect(shown()).toEqual(['BODY', 'image']);
  });
});
