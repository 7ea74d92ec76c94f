/** The agent's score and Library match, each with its meaning in words. */
import { useTranslation } from 'react-i18next';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { sentenceInWords } from '../../i18n/sentences.ts';
import { formatNumber } from '../../i18n/words.ts';
import { libraryMatchWords, scoreWords } from '../../state/words.ts';

const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

export function ScoreNumber({ verdict, score }: { readonly verdict: Verdict; readonly score: number }) {
  const { t } = useTranslation('verdict');
  const { t1, t2 } = verdict.settings;
  return (
    <div className="number" title={sentenceInWords(verdict.verdict.scoreMeaning)}>
      <h3>{t('score.title')}</h3>
      <p className="number-value">{formatNumber(score, two)}</p>
      <p className="number-words">{scoreWords(score)}</p>
      <Track from={t1} to={t2} at={score} />
    </div>
  );
}

export function LibraryMatchNumber({ match }: { readonly match: Verdict['libraryMatch'] }) {
  const { t } = useTranslation('verdict');
  if (!match)
    return (
      <div className="number number-off">
        <h3>{t('match.title')}</h3>
        <p className="number-value">–</p>
        <p className="number-words">{t('match.none')}</p>
      </div>
    );
  return (
    <div className="number">
      <h3>{t('match.title')}</h3>
      <p className="number-value">{formatNumber(match.score, two)}×</p>
      <p className="number-words">{libraryMatchWords(match)}</p>
      <Track from={0} to={0.5} at={Math.min(match.score / 2, 1)} />
    </div>
  );
}

/** What the two numbers mean, and what they do not. */
export function NumbersNote({ match }: { readonly match: Verdict['libraryMatch'] }) {
  const { t } = useTranslation('verdict');
  const percentile = match?.percentile ?? null;
  return (
    <p className="number-note">
      {t('score.note')} {t(match ? 'match.note' : 'match.noneNote')}{' '}
      {match &&
        (percentile === null
          ? t('match.uncalibrated')
          : t('match.percentile', { percentile: formatNumber(Math.round(percentile)) }))}
    </p>
  );
}

/** A value on its scale, with the band that decides nothing by itself; all of it is said in words beside it. */
function Track({ from, to, at }: { readonly from: number; readonly to: number; readonly at: number }) {
  return (
    <div className="number-track" aria-hidden="true">
      <span className="number-band" style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }} />
      <span className="number-dot" style={{ left: `${at * 100}%` }} />
    </div>
  );
}
