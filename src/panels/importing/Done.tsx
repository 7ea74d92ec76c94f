/** What came of an import, with what was not taken by name, and the way back. */
import { FlaskConical, Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../../i18n/words.ts';
import { cancelImport, undoImport } from '../../state/actions/importing.ts';
import { chooseCategory } from '../../state/actions/settings.ts';
import { showLibraryTab } from '../../state/actions/view.ts';
import type { ImportResult } from '../../state/importState.ts';
import type { StudioState } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Refused } from './Refused.tsx';

export function Done({ result }: { readonly result: ImportResult }) {
  const context = useStudio();
  const { t } = useTranslation('importing');
  const { added, labelledIds, refused, left, seconds, isUndone } = result;
  const validates = useStudioState((state) => (isUndone ? null : kindOf(state, labelledIds)));
  const showValidation = (category: string) => {
    cancelImport(context);
    chooseCategory(context, category);
    showLibraryTab(context, 'validation');
  };
  return (
    <section className="importing" role="status">
      <div className="importing-page">
        <h3>{isUndone ? t('undone') : t('done', { good: added.length, labelled: labelledIds.length })}</h3>
        {!isUndone && <p className="importing-note">{t('doneNote', { seconds: formatDuration(seconds * 1000) })}</p>}
        {left > 0 && !isUndone && <p className="importing-warn">{t('doneLeft', { count: left })}</p>}
        <Refused refused={refused} />
      </div>
      <footer className="importing-foot">
        {!isUndone && added.length + labelledIds.length > 0 && (
          <button type="button" className="button" onClick={() => void undoImport(context)}>
            <Undo2 size={15} /> {t('undo')}
          </button>
        )}
        <button
          type="button"
          className={validates === null ? 'button button-primary' : 'button'}
          onClick={() => cancelImport(context)}
        >
          {t('close')}
        </button>
        {validates !== null && (
          <button type="button" className="button button-primary" onClick={() => showValidation(validates)}>
            <FlaskConical size={15} /> {t('validate')}
          </button>
        )}
      </footer>
    </section>
  );
}

/** The kind of part that labelled images came in for, the one that is shown before others; null: none came in. */
function kindOf(
  { labelled, category }: Pick<StudioState, 'labelled' | 'category'>,
  labelledIds: readonly string[],
): string | null {
  const came = new Set(labelledIds);
  const kinds = Object.keys(labelled).filter((kind) => labelled[kind]!.some(({ id }) => came.has(id)));
  return kinds.find((kind) => kind === category) ?? kinds[0] ?? null;
}
