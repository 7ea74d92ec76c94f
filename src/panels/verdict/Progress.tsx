/** How far an inspection is: its step, how many there are at most, and the seconds since it was begun or gone on with. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DEFAULT_LIMITS } from '@agentiad/core/agent/request.ts';
import { formatNumber } from '../../i18n/words.ts';
import type { Current } from '../../state/studioState.ts';
import { useStudioState } from '../../state/useStudio.ts';

/** Every tool call and the answer. */
const MOST_STEPS = DEFAULT_LIMITS.maxToolCalls + 1;

/** `current` is being made; give it the run's id as key. */
export function Progress({ current }: { readonly current: Current }) {
  const { t } = useTranslation('verdict');
  const seconds = useSeconds();
  // A question asked of an inspection has a limit of its own.
  const isAsked = useStudioState((state) => state.asking !== null);
  const time = formatNumber(seconds, { style: 'unit', unit: 'second', unitDisplay: 'narrow' });
  if (isAsked) return <p className="verdict-progress">{time}</p>;
  // The one that is being made.
  const step = Math.min(current.run.steps.length + 1, MOST_STEPS);
  return <p className="verdict-progress">{t('progress', { step, most: MOST_STEPS, time })}</p>;
}

/** Whole seconds since this was first on the page. */
function useSeconds(): number {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const begun = performance.now();
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - begun) / 1000)), 250);
    return () => clearInterval(timer);
  }, []);
  return seconds;
}
