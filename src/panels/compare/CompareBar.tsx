/** One line on the comparison: mode and mapping on the left, the good part on the right. */
import { ChevronLeft, ChevronRight, Eye, LoaderCircle } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { RELIABLE } from '@agentiad/core/image/registration/register.ts';
import { problemInWords } from '../../i18n/problem.ts';
import { formatNumber, formatShare } from '../../i18n/words.ts';
import type { ShownComparison } from '../../stage/compareInput.ts';
import { blink, stepExemplar } from '../../state/actions/compare.ts';
import type { Current } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { useKeyHint } from '../../ui/keyHints.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';
import { SwapResult } from './SwapExemplar.tsx';
import { matchText, WhyExemplar } from './WhyExemplar.tsx';

export function CompareBar({ shown, current }: { readonly shown: ShownComparison; readonly current: Current }) {
  const context = useStudio();
  const { t } = useTranslation('compare');
  const { choice, choices, mode } = shown;
  const at = choices.indexOf(choice) + 1;
  return (
    <div className="compare-bar" role="group" aria-label={t('bar')}>
      <p className="compare-mapping">
        <strong>{t(`mode.${mode}`)}</strong>
        <Mapping shown={shown} />
      </p>
      <div className="compare-exemplar">
        <IconButton
          label={t('previous')}
          action="previousExemplar"
          icon={<ChevronLeft size={16} />}
          disabled={choices.length < 2}
          onClick={() => stepExemplar(context, -1)}
        />
        <span className="compare-name" title={choice.name}>
          <span className="visually-hidden">{t('goodPart', { at, count: choices.length })} </span>
          <span aria-hidden="true">
            {formatNumber(at)}/{formatNumber(choices.length)}
          </span>{' '}
          <strong>{choice.name}</strong>
        </span>
        <IconButton
          label={t('next')}
          action="nextExemplar"
          icon={<ChevronRight size={16} />}
          disabled={choices.length < 2}
          onClick={() => stepExemplar(context, 1)}
        />
        <WhyExemplar shown={shown} current={current} />
        <BlinkButton />
      </div>
      <SwapResult choice={choice} current={current} />
    </div>
  );
}

/** How exemplar pixels get to part pixels, and how far that can be trusted. */
function Mapping({ shown }: { readonly shown: ShownComparison }) {
  const { t } = useTranslation('compare');
  const { alignment, isRegistered, refused } = shown;
  if (!alignment || alignment.state === 'working')
    return (
      <span className="compare-working">
        <LoaderCircle size={13} className="spin" /> {t('mapping.working')}
      </span>
    );
  if (alignment.state === 'failed') {
    const { subject, reason } = problemInWords(alignment.problem);
    return (
      <span className="compare-doubt">
        {t('mapping.fitted')} {subject}: {reason}
      </span>
    );
  }
  const { correlation, overlap } = alignment.alignment.registration;
  const match = matchText(correlation);
  if (isRegistered) return <span>{t('mapping.registered', { match })}</span>;
  const why =
    correlation < RELIABLE.correlation
      ? t('mapping.lowMatch', { match, least: matchText(RELIABLE.correlation) })
      : t('mapping.lowOverlap', { overlap: formatShare(overlap), least: formatShare(RELIABLE.overlap) });
  return (
    <span className="compare-doubt">
      {t('mapping.fitted')} {why} {refused && t('mapping.sideOnly')}
    </span>
  );
}

/** Held down, it shows the good part in the place of the part. */
function BlinkButton() {
  const context = useStudio();
  const { t } = useTranslation('compare');
  const isBlinking = useStudioState((state) => state.compare.isBlinking);
  const hint = useKeyHint('blink');
  const isPress = (key: string) => key === ' ' || key === 'Enter';
  return (
    <Tooltip text={t('blinkMeaning')} caps={hint?.caps}>
      <button
        type="button"
        className="icon-button"
        aria-label={t('blink')}
        aria-pressed={isBlinking}
        aria-keyshortcuts={hint?.aria}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          blink(context, true);
        }}
        onLostPointerCapture={() => blink(context, false)}
        onKeyDown={(event) => isPress(event.key) && !event.repeat && blink(context, true)}
        onKeyUp={(event) => isPress(event.key) && blink(context, false)}
        onBlur={() => blink(context, false)}
      >
        <Eye size={16} />
      </button>
    </Tooltip>
  );
}
