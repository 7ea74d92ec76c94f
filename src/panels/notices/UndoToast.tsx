/** Offers to take a deletion back for a while: of good parts, or of inspections. */
import { Undo2 } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { undoRunDeletions } from '../../state/actions/changes.ts';
import { undoKindDeletion } from '../../state/actions/deleteKind.ts';
import { undoDeletion } from '../../state/actions/library.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';

const SHOWN_MS = 12_000;

export function UndoToast() {
  const context = useStudio();
  const { t } = useTranslation('notices');
  const undo = useStudioState((state) => state.undo);
  const runs = useStudioState((state) => state.deletedRuns);
  const kind = useStudioState((state) => state.deletedKind);
  useEffect(() => {
    if (!undo && runs.length === 0 && kind === null) return;
    const over = { undo: null, deletedRuns: [], deletedKind: null };
    const timer = setTimeout(() => context.store.setState(over), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [context, undo, runs, kind]);
  if (kind !== null) return <Toast text={t('kindDeleted', { kind })} onUndo={() => void undoKindDeletion(context)} />;
  if (runs.length > 0)
    return (
      <Toast text={t('deleted', { count: runs.length, name: runs[0] })} onUndo={() => void undoRunDeletions(context)} />
    );
  if (!undo) return null;
  const text = t('removed', { count: undo.exemplars.length, name: undo.exemplars[0]?.name });
  return <Toast text={text} onUndo={() => void undoDeletion(context)} />;
}

function Toast({ text, onUndo }: { readonly text: string; readonly onUndo: () => void }) {
  const { t } = useTranslation('notices');
  return (
    <div className="toast" role="status">
      <span>{text}</span>
      <button type="button" className="link" onClick={onUndo}>
        <Undo2 size={14} /> {t('undo')}
      </button>
    </div>
  );
}
