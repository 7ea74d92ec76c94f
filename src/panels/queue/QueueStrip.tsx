/** Images that wait for their inspection. */
import { X } from 'lucide-react';
import { inspectQueued, removeQueued } from '../../state/actions/intake.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Thumb } from '../Thumb.tsx';
import './queue.css';

export function QueueStrip() {
  const context = useStudio();
  const queue = useStudioState((state) => state.queue);
  const busy = useStudioState((state) => state.inspecting !== null);
  if (queue.length === 0) return null;
  return (
    <section className="queue" aria-label="Waiting images">
      <span className="queue-title">{queue.length} waiting</span>
      <ul>
        {queue.map((item) => (
          <li key={item.id}>
            <button
              type="button"
              title={`Inspect ${item.name}`}
              disabled={busy}
              onClick={() => void inspectQueued(context, item.id)}
            >
              <Thumb sha256={item.sha256} alt={`Inspect ${item.name}`} />
            </button>
            <button
              type="button"
              className="queue-remove"
              aria-label={`Remove ${item.name} from the list`}
              onClick={() => void removeQueued(context, item.id)}
            >
              <X size={11} />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="button" disabled={busy} onClick={() => void inspectQueued(context)}>
        Inspect next
      </button>
    </section>
  );
}
