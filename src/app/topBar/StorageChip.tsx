/** How much is kept in this browser, whether the browser promised to keep it, and a way to ask for that. */
import { HardDrive, HardDriveDownload } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatShare } from '../../i18n/words.ts';
import { askToKeep, readStorageFacts } from '../../state/actions/storageFacts.ts';
import { isAlmostFull } from '../../state/storagePanelState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { ChipPopover, PopoverClose } from '../../ui/ChipPopover.tsx';

export function StorageChip() {
  const context = useStudio();
  const { t } = useTranslation('app');
  const facts = useStudioState((state) => state.storageFacts);
  const kept = useStudioState((state) => state.history.length);
  const [refused, setRefused] = useState(false);
  useEffect(() => void readStorageFacts(context), [context, kept]);
  if (!facts) return null;
  const { usedBytes, quotaBytes, isPersistent } = facts;
  const text = usedBytes === null ? t('storage.unknown') : t('storage.used', { size: formatBytes(usedBytes) });
  const ask = async () => setRefused(!(await askToKeep(context)));
  return (
    <ChipPopover
      className={isAlmostFull(facts) ? 'chip chip-storage chip-bad' : 'chip chip-storage'}
      label={t('storage.label', { text })}
      title={t('storage.title')}
      onOpen={() => void readStorageFacts(context)}
      trigger={
        <>
          {isPersistent ? <HardDriveDownload size={15} /> : <HardDrive size={15} />} <span>{text}</span>
        </>
      }
    >
      <h2>{t('storage.title')}</h2>
      {isAlmostFull(facts) && <p role="alert">{t('storage:room.almostFull')}</p>}
      <p>{t('storage.what')}</p>
      <dl>
        {usedBytes !== null && quotaBytes !== null && (
          <div>
            <dt>{t('storage.room')}</dt>
            <dd>
              {t('storage.ofQuota', {
                used: formatBytes(usedBytes),
                quota: formatBytes(quotaBytes),
                share: formatShare(quotaBytes === 0 ? 0 : usedBytes / quotaBytes, 1),
              })}
            </dd>
          </div>
        )}
        <div>
          <dt>{t('storage.promise')}</dt>
          <dd>
            {t(isPersistent === null ? 'storage.cannotTell' : isPersistent ? 'storage.persistent' : 'storage.atRisk')}
          </dd>
        </div>
      </dl>
      {isPersistent === false && (
        <button type="button" className="button" onClick={() => void ask()}>
          {t('storage.ask')}
        </button>
      )}
      <p role="status">{refused && isPersistent === false ? t('storage.refused') : ''}</p>
      <PopoverClose className="button" onClick={() => context.store.setState({ drawer: 'storage' })}>
        {t('storage:open')}
      </PopoverClose>
    </ChipPopover>
  );
}
