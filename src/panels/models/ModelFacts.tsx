/** What everybody should know of a model before using it: what it is, what it may be used for, whether it runs here. */
import { TriangleAlert } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { sentenceInWords } from '../../i18n/sentences.ts';
import type { ModelOffer } from '../../modelStore/modelRecord.ts';
import { neededHere, whatIsLacking } from '../../runtime/modelFit.ts';
import { expectedSecondsFor, TYPICAL_PART } from '../../state/expectedTime.ts';
import { useStudioState } from '../../state/useStudio.ts';
import { commercialWords, originWords, precisionWords, expectedWords, tunedWords } from './modelWords.ts';

export function ModelFacts({ model, isUsed = false }: { readonly model: ModelOffer; readonly isUsed?: boolean }) {
  const { t } = useTranslation('models');
  const engine = useStudioState((state) => state.engine);
  const lacking = engine.state === 'ready' ? whatIsLacking(model.sizes, engine.info.backend) : null;
  const foretold = useStudioState((state) => expectedSecondsFor(state, state.category, TYPICAL_PART));
  const seconds = isUsed ? foretold : null;
  const expected = seconds === null ? null : expectedWords(seconds);
  const { card } = model;
  const needed = neededHere(model.sizes);
  return (
    <>
      <dl className="model-facts">
        <Fact name={t('fact.weights')} value={precisionWords(model)} />
        <Fact name={t('fact.from')} value={originWords(model)} />
        <Fact name={t('fact.licence')} value={sentenceInWords(card.licence)} />
        <Fact name={t('fact.commercial')} value={commercialWords(card.commercialUse)} tone={card.commercialUse} />
        <Fact name={t('fact.trainedOn')} value={sentenceInWords(card.trainedOn)} />
        <Fact name={t('fact.purpose')} value={tunedWords(model)} tone={card.tuned ? 'yes' : 'ask'} />
        {expected && <Fact name={t('fact.time')} value={expected} />}
        {needed && <Fact name={t('fact.needs')} value={sentenceInWords(needed)} />}
      </dl>
      {lacking && (
        <p className="model-lacking">
          <TriangleAlert size={15} /> <span>{t('cannotRun', { reason: sentenceInWords(lacking) })}</span>
        </p>
      )}
    </>
  );
}

function Fact({ name, value, tone }: { readonly name: string; readonly value: string; readonly tone?: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={tone ? `tone-${tone}` : undefined}>{value}</dd>
    </div>
  );
}
