/** Images that are not taken, by cause, each with what it is a copy of or what is wrong with it. */
import { useTranslation } from 'react-i18next';
import { problemInWords } from '../../i18n/problem.ts';
import type { Refusal } from '../../state/importState.ts';
import { FileList } from './FileList.tsx';

const KINDS = ['problem', 'labelled', 'good', 'copy'] as const satisfies readonly Refusal['kind'][];

export function Refused({ refused }: { readonly refused: ReadonlyMap<string, Refusal> }) {
  const { t } = useTranslation('importing');
  if (refused.size === 0) return null;
  const noteOf = (refusal: Refusal) =>
    refusal.kind === 'problem' ? problemInWords(refusal.problem).reason : t('copyOf', { name: refusal.same });
  return (
    <div className="importing-group">
      {KINDS.map((kind) => {
        const files = [...refused].filter(([, refusal]) => refusal.kind === kind);
        if (files.length === 0) return null;
        return (
          <FileList
            key={kind}
            tone={kind === 'copy' ? 'plain' : 'warn'}
            title={
              <>
                <span className="file-count">{files.length}</span> {t(`refusedAs.${kind}`)}
              </>
            }
            files={files.map(([path, refusal]) => ({ path, note: noteOf(refusal) }))}
          />
        );
      })}
    </div>
  );
}
