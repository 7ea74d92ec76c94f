/** Saving a backup, and restoring one after a look at what that would do. */
import { Download, Upload } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { formatBytes, formatDate, formatNumber } from '../../i18n/words.ts';
import { checkBackupFile, saveBackup, stopBackupWork } from '../../state/actions/backup.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { BackupCheckView } from './BackupCheckView.tsx';

export function BackupSection() {
  const context = useStudio();
  const { t } = useTranslation('storage');
  const { work, saved, lastBackup, check, restored } = useStudioState((state) => state.storagePanel);
  const isReadOnly = useStudioState((state) => state.isReadOnly);
  const input = useRef<HTMLInputElement>(null);
  return (
    <section aria-labelledby="storage-backup">
      <h3 id="storage-backup">{t('backup.title')}</h3>
      <p>{t('backup.what')}</p>
      <p>{lastBackup === null ? t('backup.never') : t('backup.last', { date: formatDate(new Date(lastBackup)) })}</p>
      <div className="storage-buttons">
        <button
          type="button"
          className="button button-primary"
          disabled={work !== null}
          onClick={() => void saveBackup(context)}
        >
          <Download size={15} /> {t('backup.save')}
        </button>
        <button
          type="button"
          className="button"
          disabled={work !== null || isReadOnly}
          title={isReadOnly ? t('tab.reads') : undefined}
          onClick={() => input.current?.click()}
        >
          <Upload size={15} /> {t('backup.restore')}
        </button>
        <input
          ref={input}
          type="file"
          hidden
          accept=".zip,application/zip"
          aria-label={t('backup.choose')}
          onChange={({ currentTarget }) => {
            const [file] = currentTarget.files ?? [];
            currentTarget.value = '';
            if (file) void checkBackupFile(context, file);
          }}
        />
      </div>
      {work && (
        <div className="storage-work">
          <progress value={work.done} max={Math.max(1, work.total)} aria-label={t('backup.title')} />
          <p>{t(`backup.${work.kind}`, { done: formatNumber(work.done), total: formatNumber(work.total) })}</p>
          <button type="button" className="button" onClick={() => stopBackupWork(context)}>
            {t('backup.stop')}
          </button>
        </div>
      )}
      <p role="status" className="storage-note">
        {!work && saved && t('backup.saved', { name: saved.name, size: formatBytes(saved.sizeBytes) })}
        {!work && restored !== null && t('check.done', { count: restored })}
      </p>
      {check && !work && <BackupCheckView check={check} />}
    </section>
  );
}
