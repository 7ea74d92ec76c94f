/** The verdict of a replay as it was issued: nothing here can be changed. */
import { useTranslation } from 'react-i18next';
import { formatDate, formatNumber, formatPartOf } from '../../i18n/words.ts';
import { sentenceInWords } from '../../i18n/sentences.ts';
import { Claims } from '../../panels/verdict/Claims.tsx';
import { reasonWords } from '../../state/reason.ts';
import { useStudioState } from '../../state/useStudio.ts';
import { labelWord, verdictSummary } from '../../state/words.ts';

export function ReplayVerdict() {
  const { t } = useTranslation('replayFile');
  const run = useStudioState((state) => state.current?.run ?? null);
  const verdict = run?.verdict;
  if (!verdict) return null;
  const { label, score, scoreMeaning, reason } = verdict.verdict;
  const facts: readonly (readonly [string, string])[] = [
    [t('score'), score === null ? t('none') : formatNumber(score, { maximumFractionDigits: 2 })],
    [t('coverage'), formatPartOf(verdict.coverage.share)],
    [t('model'), `${verdict.model.id} (${verdict.model.scheme}, ${verdict.model.backend})`],
    [t('made'), formatDate(new Date(verdict.created))],
  ];
  return (
    <section className="replay-file-verdict" aria-label={t('verdict')}>
      <h2 className={`replay-file-label label-${label}`}>
        {verdict.status === 'complete' ? labelWord(label) : verdictSummary(verdict)}
      </h2>
      <p title={reason}>{reasonWords(reason).join(' ')}</p>
      <Claims claims={verdict.claims} steps={run.steps} regions={verdict.regions} />
      <dl title={sentenceInWords(scoreMeaning)}>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
