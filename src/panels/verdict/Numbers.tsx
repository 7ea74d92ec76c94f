/** The agent's score and Library match, each with its meaning in words. */
import { useTranslation } from 'react-i18next';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { formatNumber } from '../../i18n/words.ts';
import { libraryMatchWords, scoreWords } from '../../state/words.ts';

const two = { minimumFractionDigits: 2, maximumFractionDigits: 2 };

export function ScoreNumber({ verdict, score }: { readonly verdict: Verdict; readonly score: number }) {
  const { t } = useTranslation('verdict');
  const { t1, t2 } = verdict.settings;
  return (
    <div className="number" title={verdict.verdict.scoreMeaning}>
      <h3>{t('score.title')}</h3>
      <p className="number-value">{formatNumber(score, two)}</p>
      <div className="number-track" aria-hidden="true">
        <span className="number-band" style={{ left: `${t1 * 100}%`, width: `${(t2 - t1) * 100}%` }} />
        <span className="number-dot" style={{ left: `${score * 100}%` }} />
      </div>
      <p className="number-words">{scoreWords(score)}</p>
      <p className="number-note">{t('score.note')}</p>
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
        <p className="number-note">{t('match.noneNote')}</p>
      </div>
    );
  return (
    <div className="number">
      <h3>{t('match.title')}</h3>
      <p className="number-value">{formatNumber(match.score, two)}×</p>
      <div className="number-track" aria-hidden="true">
        <span className="number-band" style={{ left: '0%', width: '50%' }} />
        <span className="number-dot" style={{ left: `${Math.min(match.score / 2, 1) * 100}%` }} />
      </div>
      <p className="number-words">{libraryMatchWords(match)}</p>
      <p className="number-note">
        {t('match.note')}{' '}
        {match.percentile === null
          ? t('match.uncalibrated')
          : t('match.percentile', { percentile: formatNumber(Math.round(match.percentile)) })}
      </p>
    </div>
  );
}
