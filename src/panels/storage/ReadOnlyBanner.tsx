/** In a tab that only reads: says so, and takes over from the tab that writes. */
import { Eye } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { stopTakingOver, takeOverHere } from '../../state/actions/tabs.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import './readOnlyBanner.css';

export function ReadOnlyBanner() {
  const context = useStudio();
  const { t } = useTranslation('storage');
  const isReadOnly = useStudioState((state) => state.isReadOnly);
  const takingOver = useStudioState((state) => state.takingOver);
  if (!isReadOnly) return null;
  return (
    <section className="read-only" aria-label={t('tab.label')}>
      <Eye size={16} aria-hidden="true" />
      <p role="status">{t(takingOver === null ? 'tab.reads' : `tab.${takingOver}`)}</p>
      {takingOver === null ? (
        <button type="button" className="button" onClick={() => void takeOverHere(context)}>
          {t('tab.use')}
        </button>
      ) : (
        <button type="button" className="button" onClick={stopTakingOver}>
          {t('tab.stop')}
        </button>
      )}
    </section>
  );
}
