/** Tells which model inspects and opens the list of models. */
import { Bot } from 'lucide-react';
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import { problemInWords } from '../../i18n/problem.ts';
import { sentenceInWords } from '../../i18n/sentences.ts';
import { openModels } from '../../state/actions/models.ts';
import type { EngineStatus } from '../../state/studioState.ts';
import { phaseWords } from '../../state/words.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Tooltip } from '../../ui/Tooltip.tsx';

export function ModelChip() {
  const context = useStudio();
  const { t } = useTranslation('app');
  const engine = useStudioState((state) => state.engine);
  const { text, title } = modelWords(engine, t);
  return (
    <Tooltip text={`${title} ${t('model.open')}`}>
      <button
        type="button"
        className={engine.state === 'failed' ? 'chip chip-model chip-bad' : 'chip chip-model'}
        onClick={() => openModels(context)}
      >
        <Bot size={15} />{' '}
        <span role={engine.state === 'loading' ? 'status' : undefined}>
          <span className="visually-hidden">{t('model.label')} </span>
          {text}
        </span>
      </button>
    </Tooltip>
  );
}

function modelWords(engine: EngineStatus, t: TFunction): { readonly text: string; readonly title: string } {
  if (engine.state === 'failed') {
    const { subject, reason, remedy } = problemInWords(engine.problem);
    return { text: t('model.failed'), title: `${subject}: ${reason} ${remedy}` };
  }
  if (engine.state === 'loading') return { text: phaseWords(engine.phase), title: t('model.loading') };
  const { card, modelId } = engine.info;
  const name = modelId === null ? t('model.demo') : card.name;
  return {
    text: card.tuned ? t('model.tuned', { name, on: sentenceInWords(card.trainedOn) }) : t('model.base', { name }),
    title: t('model.facts', {
      name: card.name,
      on: sentenceInWords(card.trainedOn),
      licence: sentenceInWords(card.licence),
    }),
  };
}
