/** The page's one polite announcement: the step now shown, then the verdict; at most one a second. */
import { useEffect, useState } from 'react';
import type { RunSoFar } from '@agentiad/core/replay/runSoFar.ts';
import { useStudioState, useTurn } from '../state/useStudio.ts';
import { stepTitle } from '../state/words.ts';

const EVERY_MS = 1000;

export function LiveRegion() {
  const current = useStudioState((state) => state.current);
  const turn = useTurn();
  const [said, setSaid] = useState('');
  const text = current ? announcement(current.run, turn) : '';
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), EVERY_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {said}
    </p>
  );
}

function announcement(run: RunSoFar, turn: number): string {
  const step = run.steps[turn - 1];
  const title = step ? `Step ${turn}: ${stepTitle(step)}.` : '';
  return run.verdict && turn >= run.steps.length ? `${title} ${run.verdict.verdict.reason}` : title;
}
