/** Finished inspections, newest first; each opens in replay. */
import { Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatDate } from '../../i18n/words.ts';
import { deleteRun, openRun } from '../../state/actions/traces.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { runSummary } from '../../state/words.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import { Thumb } from '../Thumb.tsx';
import './history.css';

export function HistoryDrawer() {
  const context = useStudio();
  const { t } = useTranslation('history');
  const history = useStudioState((state) => state.history);
  const shown = useStudioState((state) => state.current?.runId);
  return (
    <Drawer title={t('title')} description={t('description')} onClose={() => context.store.setState({ drawer: null })}>
      {history.length === 0 && <p className="history-empty">{t('empty')}</p>}
      <ul className="history">
        {history.map((run) => (
          <li key={run.id} data-row className={run.id === shown ? 'history-shown' : ''}>
            <button type="button" className="history-open" onClick={() => void openRun(context, run.id)}>
              <Thumb sha256={run.imageSha256} alt="" />
              <span className="history-text">
                <span className="history-name">{run.name}</span>
                <span className="history-sub">
                  {run.category ?? t('unsorted')} · {formatDate(new Date(run.created))}
                  {run.origin === 'imported' && ` · ${t('imported')}`}
                </span>
              </span>
              <span className={`history-verdict verdict-${run.label ?? 'neutral'}`}>{runSummary(run)}</span>
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={t('delete', { name: run.name })}
              data-row-remove
              onClick={() => void deleteRun(context, run.id)}
            >
              <Trash2 size={15} />
            </button>
          </li>
        ))}
      </ul>
    </Drawer>
  );
}
