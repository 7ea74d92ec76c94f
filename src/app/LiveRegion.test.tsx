import { act } from 'react';
import { createRoot } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { EMPTY_RUN } from '@agentiad/core/replay/runSoFar.ts';
import type { Current } from '../state/studioState.ts';
import { StudioReactContext } from '../state/useStudio.ts';
import { createTestStudio } from '../testing/studioContext.ts';
import { LiveRegion } from './LiveRegion.tsx';

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the live region', () => {
  it('changes at most once a second, and ends on the newest', () => {
    const studio = createTestStudio();
    const element = document.createElement('div');
    const root = createRoot(element);
    act(() =>
      root.render(
        <StudioReactContext value={studio}>
          <LiveRegion />
        </StudioReactContext>,
      ),
    );
    const changes: { readonly at: number; readonly text: string }[] = [];
    let last = '';
    for (let ms = 0; ms < 5000; ms += 100) {
      act(() => {
        const current = { runId: 'r', activity: 'running', run: EMPTY_RUN, name: `part ${ms}` } as Current;
        if (ms < 3000) studio.store.setState({ current });
        vi.advanceTimersByTime(100);
      });
      if (element.textContent !== last) changes.push({ at: ms, text: (last = element.textContent) });
    }
    act(() => root.unmount());
    for (const [index, { at }] of changes.slice(1).entries())
      expect(at - changes[index]!.at).toBeGreaterThanOrEqual(900);
    expect(changes.length).toBeGreaterThan(2);
    expect(last).toBe('Inspecting part 2900.');
  });
});
