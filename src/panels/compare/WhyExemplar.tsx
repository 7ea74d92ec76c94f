/** Why this good part: how it was chosen, how similar it is, which others there are, and asking again with another. */
import { CircleHelp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { RELIABLE } from '@agentiad/core/image/registration/register.ts';
import { angleOf, scaleOf } from '@agentiad/core/image/registration/similarity.ts';
import { formatNumber, formatScore, formatShare } from '../../i18n/words.ts';
import type { ShownComparison } from '../../stage/compareInput.ts';
import { pickExemplar } from '../../state/actions/compare.ts';
import type { ExemplarChoice } from '../../state/compareState.ts';
import type { Current } from '../../state/studioState.ts';
import { useStudio } from '../../state/useStudio.ts';
import { ChipPopover, PopoverArrow } from '../../ui/ChipPopover.tsx';
import { Thumb } from '../Thumb.tsx';
import { SwapExemplar } from './SwapExemplar.tsx';

export function WhyExemplar({ shown, current }: { readonly shown: ShownComparison; readonly current: Current }) {
  const context = useStudio();
  const { t } = useTranslation('compare');
  const { choice, choices, by } = shown;
  const rank = choices.indexOf(choice) + 1;
  const isRanked = choice.similarity !== null;
  return (
    <ChipPopover
      className="button compare-why"
      panelClassName="why"
      align="end"
      title={t('why.title')}
      trigger={
        <>
          <CircleHelp size={15} /> {t('why.open')}
        </>
      }
    >
      <h3>{t('why.title')}</h3>
      <p>
        {by === 'agent'
          ? t('why.by.agent', { count: choice.fetched.length, steps: choice.fetched.join(', ') })
          : t(`why.by.${by}`)}{' '}
        {isRanked && t('why.rank', { rank, count: choices.length })}
      </p>
      <p className="why-note">{isRanked ? t('why.similarityMeaning') : !context.isReplayFile && t('why.unknown')}</p>
      <ul className="why-choices">
        {choices.map((other) => (
          <li key={other.sha256}>
            <button type="button" aria-pressed={other === choice} onClick={() => pickExemplar(context, other.sha256)}>
              <ChoiceThumb choice={other} current={current} />
              <span className="why-name">{other.name}</span>
              <span className="why-similarity">{similarityText(other.similarity)}</span>
              {other.fetched.length > 0 && (
                <span className="why-fetched">
                  {t('why.fetched', { count: other.fetched.length, steps: other.fetched.join(', ') })}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
      <Lay shown={shown} />
      {context.isReplayFile ? (
        <p className="why-note">{t('swap.replay')}</p>
      ) : (
        <SwapExemplar choice={choice} current={current} />
      )}
      <PopoverArrow className="why-arrow" />
    </ChipPopover>
  );
}

/** How the good part was laid on the part. */
function Lay({ shown }: { readonly shown: ShownComparison }) {
  const { t } = useTranslation('compare');
  if (shown.alignment?.state !== 'done' || !shown.isRegistered) return null;
  const { correlation, overlap, transform } = shown.alignment.alignment.registration;
  return (
    <p className="why-note">
      {t('why.lay', {
        degrees: formatNumber(angleOf(transform), { maximumFractionDigits: 1, signDisplay: 'exceptZero' }),
        scale: formatShare(scaleOf(transform)),
        overlap: formatShare(overlap),
        match: matchText(correlation),
        least: matchText(RELIABLE.correlation),
      })}
    </p>
  );
}

export function matchText(correlation: number): string {
  return formatScore(correlation);
}

function ChoiceThumb({ choice, current }: { readonly choice: ExemplarChoice; readonly current: Current }) {
  const seen = choice.asset === null ? undefined : current.run.assets[choice.asset];
  if (choice.libraryId !== null || !seen) return <Thumb sha256={choice.sha256} alt="" />;
  return <img className="thumb" src={`data:${seen.mime};base64,${seen.base64}`} alt="" />;
}

function similarityText(similarity: number | null): string {
  return similarity === null ? '–' : formatNumber(similarity, { minimumFractionDigits: 3, maximumFractionDigits: 3 });
}
