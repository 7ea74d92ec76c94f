/** What came of an import, with what was not taken by name, and the way back. */
import { Undo2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { formatDuration } from '../../i18n/words.ts';
import { cancelImport, undoImport } from '../../state/actions/importing.ts';
import type { ImportResult } from '../../state/importState.ts';
import { useStudio } from '../../state/useStudio.ts';
import { Refused } from './Refused.tsx';

export function Done({ result }: { readonly result: ImportResult }) {
  const context = useStudio();
  const { t } = useTranslation('importing');
  const { added, labelledIds, refused, left, seconds, isUndone } = result;
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
        <button type="button" className="button button-primary" onClick={() => cancelImport(context)}>
          {t('close')}
        </button>
      </footer>
    </section>
  );
}
