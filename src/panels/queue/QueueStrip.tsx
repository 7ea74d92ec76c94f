/** Images that wait for their inspection. */
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { inspectQueued, removeQueued } from '../../state/actions/intake.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Thumb } from '../Thumb.tsx';
import './queue.css';

export function QueueStrip() {
  const context = useStudio();
  const { t } = useTranslation('queue');
  const queue = useStudioState((state) => state.queue);
  const busy = useStudioState((state) => state.inspecting !== null);
  if (queue.length === 0) return null;
  return (
    <section className="queue" aria-label={t('title')}>
      <span className="queue-title">{t('waiting', { count: queue.length })}</span>
      <ul>
        {queue.map((item) => (
          <li key={item.id}>
            <button
              type="button"
              title={t('inspect', { name: item.name })}
              disabled={busy}
              onClick={() => void inspectQueued(context, item.id)}
            >
              <Thumb sha256={item.sha256} alt={t('inspect', { name: item.name })} />
            </button>
            <button
              type="button"
              className="queue-remove"
              aria-label={t('remove', { name: item.name })}
              onClick={() => void removeQueued(context, item.id)}
            >
              <X size={11} />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="button" disabled={busy} onClick={() => void inspectQueued(context)}>
        {t('next')}
      </button>
    </section>
  );
}
