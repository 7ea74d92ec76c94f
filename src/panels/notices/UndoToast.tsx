/** Offers to take a deletion back for a while. */
import { Undo2 } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { undoDeletion } from '../../state/actions/library.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';

const SHOWN_MS = 12_000;

export function UndoToast() {
  const context = useStudio();
  const { t } = useTranslation('notices');
  const undo = useStudioState((state) => state.undo);
  useEffect(() => {
    if (!undo) return;
    const timer = setTimeout(() => context.store.setState({ undo: null }), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [context, undo]);
  if (!undo) return null;
  const text = t('removed', { count: undo.exemplars.length, name: undo.exemplars[0]?.name });
  return (
    <div className="toast" role="status">
      <span>{text}</span>
      <button type="button" className="link" onClick={() => void undoDeletion(context)}>
        <Undo2 size={14} /> {t('undo')}
      </button>
    </div>
  );
}
