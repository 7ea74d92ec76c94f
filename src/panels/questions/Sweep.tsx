/** The rest of the part at full resolution, tile by tile: how much is missing, how far it is, and stop. */
import { Grid3x3 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatPartOf } from '../../i18n/words.ts';
import { askAgain } from '../../state/actions/ask.ts';
import { stopInspection } from '../../state/actions/inspect.ts';
import { stepToAskAfter } from '../../state/askable.ts';
import { useStudio, useStudioState, useTurn } from '../../state/useStudio.ts';

export function Sweep({ isIdle }: { readonly isIdle: boolean }) {
  const context = useStudio();
  const { t } = useTranslation('questions');
  const current = useStudioState((state) => state.current);
  const asking = useStudioState((state) => state.asking);
  const turn = useTurn();
  if (!current) return null;
  const isRunning = asking?.kind === 'sweep' && asking.runId === current.runId;
  const share = current.run.verdict?.coverage.share ?? null;
  const isWhole = share !== null && share > 0.9995;
  const start = () => void askAgain(context, { kind: 'sweep', after: stepToAskAfter(current, turn) });
  return (
    <div className="question" role="group" aria-labelledby="question-sweep">
      <h3 id="question-sweep">{t('sweep.title')}</h3>
      <p>{t('sweep.text')}</p>
      <div className="question-actions">
        {isRunning ? (
          <button
            type="button"
            className="button"
            onClick={() => stopInspection(context)}
            disabled={current.activity === 'stopping'}
          >
            {t(current.activity === 'stopping' ? 'stopping' : 'stop')}
          </button>
        ) : (
          <button type="button" className="button" onClick={start} disabled={!isIdle || isWhole}>
            <Grid3x3 size={15} /> {t('sweep.run')}
          </button>
        )}
        {share !== null && !isRunning && (
          <span className="question-where">
            {isWhole ? t('sweep.whole') : t('sweep.share', { share: formatPartOf(share) })}
          </span>
        )}
      </div>
      {isRunning && asking.total !== null && (
        <div className="sweep-progress">
          <progress value={asking.done} max={asking.total} aria-label={t('sweep.title')} />
          <span>{t('sweep.progress', { done: asking.done, total: asking.total })}</span>
        </div>
      )}
    </div>
  );
}
