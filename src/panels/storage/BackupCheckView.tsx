/** What is in a backup and what restoring it would do, before anything is changed. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate, formatNumber } from '../../i18n/words.ts';
import { forgetBackup, restoreChecked } from '../../state/actions/backup.ts';
import { useStudio } from '../../state/useStudio.ts';
import type { BackupCheck } from '../../storage/backup/restore.ts';
import { Choice } from '../../ui/Choice.tsx';

const COLUMNS = ['fresh', 'same', 'conflicting', 'rejected'] as const;
const WORDS = { fresh: 'new', same: 'same', conflicting: 'conflicting', rejected: 'rejected' } as const;
/** Records that cannot be used, by name; the others are counted. */
const NAMED = 20;

export function BackupCheckView({ check }: { readonly check: BackupCheck }) {
  const context = useStudio();
  const { t } = useTranslation('storage');
  const [answer, setAnswer] = useState<'mine' | 'theirs'>('mine');
  const total = (column: (typeof COLUMNS)[number]) => check.rows.reduce((sum, row) => sum + row[column], 0);
  const changes = total('fresh') + (answer === 'theirs' ? total('conflicting') : 0);
  return (
    <div className="storage-check">
      <h4>{t('check.title', { name: check.name })}</h4>
      <p>
        {t('check.made', { date: formatDate(new Date(check.created)) })} {check.isOlder && t('check.older')}
      </p>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('check.kind')}</th>
            {COLUMNS.map((column) => (
              <th key={column} scope="col">
                {t(`check.${WORDS[column]}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {check.rows.map((row) => (
            <tr key={row.store}>
              <th scope="row">{t(`store.${row.store}`)}</th>
              {COLUMNS.map((column) => (
                <td key={column} data-zero={row[column] === 0}>
                  {formatNumber(row[column])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {check.rejected.length > 0 && (
        <details>
          <summary>{t('check.rejectedList')}</summary>
          <ul>
            {check.rejected.slice(0, NAMED).map(({ store, key, reason }, index) => (
              <li key={index}>
                <strong>{key}</strong> ({t(`store.${store}`)}): {reason}
              </li>
            ))}
            {check.rejected.length > NAMED && <li>{t('check.more', { count: check.rejected.length - NAMED })}</li>}
          </ul>
        </details>
      )}
      {total('conflicting') > 0 && (
        <Choice
          legend={t('check.conflicts')}
          value={answer}
          options={(['mine', 'theirs'] as const).map((value) => ({ value, text: t(`check.${value}`) }))}
          onChoose={setAnswer}
        />
      )}
      {changes === 0 && <p>{t('check.nothing')}</p>}
      <div className="storage-buttons">
        <button
          type="button"
          className="button button-primary"
          disabled={changes === 0}
          onClick={() => void restoreChecked(context, answer === 'theirs')}
        >
          {t('check.apply')}
        </button>
        <button type="button" className="button" onClick={() => forgetBackup(context)}>
          {t('check.cancel')}
        </button>
      </div>
    </div>
  );
}
