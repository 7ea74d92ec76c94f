/** Good parts that were removed and can still be put back. */
import { useTranslation } from 'react-i18next';
import { formatDate } from '../../i18n/words.ts';
import { putBackRemoved } from '../../state/actions/storagePanel.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { JOURNAL_DAYS } from '../../storage/garbage.ts';
import { Thumb } from '../Thumb.tsx';

export function Removed() {
  const context = useStudio();
  const { t } = useTranslation('storage');
  const { removed } = useStudioState((state) => state.storagePanel);
  const isReadOnly = useStudioState((state) => state.isReadOnly);
  if (removed.length === 0) return null;
  return (
    <section aria-labelledby="storage-removed">
      <h3 id="storage-removed">{t('removed.title')}</h3>
      <p>{t('removed.what', { days: JOURNAL_DAYS })}</p>
      <ul className="storage-removed">
        {removed.map((entry) => (
          <li key={entry.id}>
            <Thumb sha256={entry.exemplar.sha256} alt="" />
            <span>
              <strong>{entry.exemplar.name}</strong>
              <small>
                {t('removed.since', { category: entry.exemplar.category, date: formatDate(new Date(entry.at)) })}
              </small>
            </span>
            <button
              type="button"
              className="button"
              disabled={isReadOnly}
              aria-label={t('removed.back', { name: entry.exemplar.name })}
              onClick={() => void putBackRemoved(context, entry)}
            >
              {t('removed.backShort')}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
