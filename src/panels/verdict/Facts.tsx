/** Which model, good for what, how much was seen, how long it took. */
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Verdict } from '@agentiad/core/protocol/verdict.ts';
import { sentenceInWords } from '../../i18n/sentences.ts';
import { formatDuration, formatPartOf } from '../../i18n/words.ts';
import { useStudio } from '../../state/useStudio.ts';
import { modelUse } from '../../state/words.ts';

export function Facts({ verdict, isLive }: { readonly verdict: Verdict; readonly isLive: boolean }) {
  const { store } = useStudio();
  const { t } = useTranslation('verdict');
  const { id: name, trainedOn, backend } = verdict.model;
  const { share } = verdict.coverage;
  const seen = share > 0 ? t('facts.seenText', { share: formatPartOf(share) }) : t('facts.seenReduced');
  const time = formatDuration(verdict.timings.totalMs);
  return (
    <details className="verdict-facts">
      <summary>{t('facts.title')}</summary>
      <dl>
        <Fact name={t('facts.model')} value={t('facts.modelText', { name, trainedOn: sentenceInWords(trainedOn) })} />
        <Fact name={t('facts.use')} value={modelUse(name)} />
        <Fact name={t('facts.seen')} value={seen} />
        <Fact name={t('facts.took')} value={t(isLive ? 'facts.tookHere' : 'facts.tookText', { time, backend })} />
        <Fact
          name={t('facts.own')}
          value={
            <button type="button" className="link" onClick={() => store.setState({ drawer: 'library' })}>
              {t('facts.ownText')}
            </button>
          }
        />
      </dl>
    </details>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
