/**
 * When an inspection ends, the focus goes to the verdict's heading, once, so that it is read out and the decision keys
 * work. A narrow page, which shows one pane at a time, brings the verdict to the front then. Not while somebody types,
 * has a drawer open or looks at an earlier step.
 */
import { useEffect, useRef } from 'react';
import { turnCount } from '@agentiad/core/replay/runSoFar.ts';
import { showNarrowPane } from '../state/actions/view.ts';
import { useStudio, useStudioState } from '../state/useStudio.ts';

export function FocusVerdict() {
  const context = useStudio();
  const runId = useStudioState((state) => state.current?.runId ?? null);
  const activity = useStudioState((state) => state.current?.activity ?? null);
  const running = useRef<string | null>(null);
  useEffect(() => {
    if (activity === 'running' || activity === 'stopping') running.current = runId;
    if (activity !== 'open' || running.current !== runId) return;
    running.current = null;
    if (document.activeElement?.closest('input, textarea, select, [role="dialog"]')) return;
    const { store, playhead, host } = context;
    const { current, drawer } = store.getState();
    const isAtEnd = current !== null && playhead.turn() >= turnCount(current.run);
    if (isAtEnd && drawer === null) showNarrowPane(context, 'verdict');
    // The pane is there with the next frame.
    host.nextFrame(() =>
      document.querySelector<HTMLElement>('.verdict-lead[tabindex="-1"]')?.focus({ preventScroll: true }),
    );
  }, [context, runId, activity]);
  return null;
}
