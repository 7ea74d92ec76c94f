/** Files of the folder that are not taken by what they are, and where a label file is wrong about the folder. */
import type { ImportPlan } from '@agentiad/core/layouts/importPlan.ts';
import { useTranslation } from 'react-i18next';
import { FileList } from './FileList.tsx';

export function LeftOut({ plan: { groups, conflicts, missing } }: { readonly plan: ImportPlan }) {
  const { t } = useTranslation('importing');
  const skipped = groups.filter((group) => group.role === 'skipped');
  if (skipped.length === 0 && missing.length === 0) return null;
  const saidOf = new Map(conflicts.map((conflict) => [conflict.path, conflict]));
  const noteOf = (path: string) => {
    const said = saidOf.get(path);
    if (!said) return {};
    return { note: t('conflictLine', { file: said.labelFile, line: said.line, label: t(`label.${said.label}`) }) };
  };
  return (
    <div className="importing-group">
      <h4>{t('left')}</h4>
      {skipped.map(({ reason, paths }) => (
        <FileList
          key={reason}
          tone={reason === 'conflict' ? 'warn' : 'plain'}
          title={
            <>
              <span className="file-count">{paths.length}</span> {t(`leftOf.${reason}`)}
            </>
          }
          files={paths.map((path) => ({ path, ...noteOf(path) }))}
        />
      ))}
      {missing.length > 0 && (
        <FileList
          tone="warn"
          title={t('missing', { count: missing.length })}
          files={missing.map((path) => ({ path }))}
        />
      )}
    </div>
  );
}
