/** What can be removed without losing anything that somebody said. */
import { useTranslation } from 'react-i18next';
import { formatBytes } from '../../i18n/words.ts';
import { removeFeatures, removeOldValidations } from '../../state/actions/storagePanel.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';

export function CleanUp() {
  const context = useStudio();
  const { t } = useTranslation('storage');
  const { oldValidations, used, freedBytes } = useStudioState((state) => state.storagePanel);
  const isReadOnly = useStudioState((state) => state.isReadOnly);
  const features = used?.features ?? { count: 0, bytes: 0 };
  const offers = [
    {
      count: oldValidations.length,
      text: t('clean.validations', { count: oldValidations.length }),
      remove: removeOldValidations,
    },
    {
      count: features.count,
      text: t('clean.features', { count: features.count, size: formatBytes(features.bytes) }),
      remove: removeFeatures,
    },
  ].filter(({ count }) => count > 0);
  return (
    <section aria-labelledby="storage-clean">
      <h3 id="storage-clean">{t('clean.title')}</h3>
      <p>{t('clean.what')}</p>
      {offers.length === 0 && <p className="storage-note">{t('clean.nothing')}</p>}
      <ul className="storage-offers">
        {offers.map(({ text, remove }) => (
          <li key={text}>
            <span>{text}</span>
            <button
              type="button"
              className="button"
              disabled={isReadOnly}
              aria-label={`${t('clean.remove')}: ${text}`}
              onClick={() => void remove(context)}
            >
              {t('clean.remove')}
            </button>
          </li>
        ))}
      </ul>
      <p role="status" className="storage-note">
        {freedBytes !== null && t('clean.freed', { size: formatBytes(freedBytes) })}
      </p>
    </section>
  );
}
