/**
 * The scrubber: a real slider over a track with one tick a step, coloured by what the step did, and above it what the
 * model would have answered after each step, where that was read. The knob between two steps is moved outside React.
 */
import { memo, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { TraceStep } from '@agentiad/core/protocol/trace.ts';
import { stepKind, turnCount, type RunSoFar } from '@agentiad/core/replay/runSoFar.ts';
import { useAskedTurn, useStudio, useTurn } from '../../state/useStudio.ts';
import { stepTitle } from '../../state/words.ts';
import { BeliefCurve } from './BeliefCurve.tsx';

export function Scrubber({ run }: { readonly run: RunSoFar }) {
  const { playhead } = useStudio();
  const { t } = useTranslation('transport');
  const turn = useTurn();
  // A key steps from where the last one leads, also before the picture has followed.
  const asked = useAskedTurn();
  const track = useRef<HTMLDivElement>(null);
  const end = turnCount(run);

  useEffect(() => {
    const place = () => track.current?.style.setProperty('--at', String(end === 0 ? 0 : playhead.t() / end));
    place();
    return playhead.onFrame(place);
  }, [playhead, end]);

  const step = run.steps[asked - 1];
  return (
    <div className="scrubber" ref={track}>
      <BeliefCurve first={run.firstBelief} steps={run.steps} turn={turn} />
      <div className="scrubber-track">
        <Ticks steps={run.steps} />
        <span className="scrubber-knob" />
      </div>
      <input
        type="range"
        min={0}
        max={Math.max(1, end)}
        step={1}
        value={asked}
        aria-label={t('step')}
        aria-valuetext={t('valueText', { turn: asked, end, title: step ? stepTitle(step) : t('wholePart') })}
        onChange={(event) => playhead.goTo(Number(event.currentTarget.value))}
      />
    </div>
  );
}

/** Ticks depend on the steps alone: nothing here is drawn again while the replay moves. */
const Ticks = memo(function Ticks({ steps }: { readonly steps: readonly TraceStep[] }) {
  return (
    <>
      <span className="scrubber-tick tick-look" style={{ left: 0 }} />
      {steps.map((step, index) => {
        const refused = step.observation?.isError ? ' tick-refused' : '';
        const human = step.author === 'human' ? ' tick-human' : '';
        return (
          <span
            key={step.id}
            className={`scrubber-tick tick-${stepKind(step)}${refused}${human}`}
            style={{ left: `${((index + 1) / steps.length) * 100}%` }}
          />
        );
      })}
    </>
  );
});
