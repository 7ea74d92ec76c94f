/**
 * When an inspection ends, the focus goes to the verdict's heading, once, so that it is read out and the decision keys
 * work. Not while somebody types or a drawer is open.
 */
import { useEffect, useRef } from 'react';
import { useStudioState } from '../state/useStudio.ts';

export function FocusVerdict() {
  const runId = useStudioState((state) => state.current?.runId ?? null);
  const activity = useStudioState((state) => state.current?.activity ?? null);
  const running = useRef<string | null>(null);
  useEffect(() => {
    if (activity === 'running' || activity === 'stopping') running.current = runId;
    if (activity !== 'open' || running.current !== runId) return;
    running.current = null;
    if (document.activeElement?.closest('input, textarea, select, [role="dialog"]')) return;
    document.querySelector<HTMLElement>('.verdict-lead[tabindex="-1"]')?.focus({ preventScroll: true });
  }, [runId, activity]);
  return null;
}
