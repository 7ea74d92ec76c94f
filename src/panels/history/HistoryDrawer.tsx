/** Finished inspections, newest first; each opens in replay. */
import { Trash2 } from 'lucide-react';
import { deleteRun, openRun } from '../../state/actions/traces.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import { Thumb } from '../Thumb.tsx';
import './history.css';

export function HistoryDrawer() {
  const context = useStudio();
  const history = useStudioState((state) => state.history);
  const shown = useStudioState((state) => state.current?.runId);
  const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <Drawer
      title="History"
      description="Every inspection is kept on this computer as it goes."
      onClose={() => context.store.setState({ drawer: null })}
    >
      {history.length === 0 && <p className="history-empty">No inspections yet.</p>}
      <ul className="history">
        {history.map((run) => (
          <li key={run.id} className={run.id === shown ? 'history-shown' : ''}>
            <button type="button" className="history-open" onClick={() => void openRun(context, run.id)}>
              <Thumb sha256={run.imageSha256} alt="" />
              <span className="history-text">
                <span className="history-name">{run.name}</span>
                <span className="history-sub">
                  {run.category ?? 'Unsorted'} · {date.format(new Date(run.created))}
                  {run.origin === 'imported' ? ' · imported' : ''}
                </span>
              </span>
              <span className={`history-verdict verdict-${run.label ?? 'neutral'}`}>{run.summary}</span>
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={`Delete the inspection of ${run.name}`}
              title="Delete"
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
