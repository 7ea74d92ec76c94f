/**
 * The page's one polite announcement: what is being done, then the step now shown; at most one a second, and always the
 * newest. The verdict is not among them: its heading gets the focus (FocusVerdict.tsx), which is read out.
 */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useStudioState, useTurn } from '../state/useStudio.ts';
import { stepTitle } from '../state/words.ts';

const EVERY_MS = 1000;

export function LiveRegion() {
  const { t } = useTranslation('app');
  const current = useStudioState((state) => state.current);
  const turn = useTurn();
  const step = current?.run.steps[turn - 1];
  const isStarting = current !== null && current.activity !== 'open' && turn === 0;
  const text = step
    ? t('live.step', { step: turn, title: stepTitle(step) })
    : isStarting
      ? t('live.running', { name: current.name })
      : '';
  const said = useThrottled(text, EVERY_MS);
  return (
    <p className="visually-hidden" role="status" aria-live="polite">
      {said}
    </p>
  );
}

/** `value`, changing at most once in `everyMs`. */
function useThrottled(value: string, everyMs: number): string {
  const [shown, setShown] = useState(value);
  const lastMs = useRef(-Infinity);
  useEffect(() => {
    const show = () => {
      lastMs.current = performance.now();
      setShown(value);
    };
    const timer = setTimeout(show, Math.max(0, lastMs.current + everyMs - performance.now()));
    return () => clearTimeout(timer);
  }, [value, everyMs]);
  return shown;
}
