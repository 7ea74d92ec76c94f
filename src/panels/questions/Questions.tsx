/** What an inspector can ask of an inspection: about a place, what decided it, the rest of the part; and what came of it. */
import { useTranslation } from 'react-i18next';
import { isOtherModel, whyNotAsk } from '../../state/askable.ts';
import { useStudioState } from '../../state/useStudio.ts';
import { AskPlace } from './AskPlace.tsx';
import { Branches } from './Branches.tsx';
import { Checks } from './Checks.tsx';
import { Sweep } from './Sweep.tsx';
import './questions.css';

export function Questions() {
  const { t } = useTranslation('questions');
  const current = useStudioState((state) => state.current);
  const obstacle = useStudioState(whyNotAsk);
  const asking = useStudioState((state) => state.asking);
  const isOther = useStudioState(isOtherModel);
  if (!current) return null;
  const isIdle = obstacle === null;
  return (
    <section className="questions" aria-label={t('title')}>
      {!isIdle && !asking && <p className="questions-note">{t(`why.${obstacle}`)}</p>}
      {isIdle && isOther && <p className="questions-note">{t('otherModel')}</p>}
      {/* A place drawn for one run is none of another. */}
      <AskPlace key={current.runId} isIdle={isIdle} />
      <Checks isIdle={isIdle} />
      <Sweep isIdle={isIdle} />
      {current.trace && <Branches trace={current.trace} shown={current.branch} />}
    </section>
  );
}
