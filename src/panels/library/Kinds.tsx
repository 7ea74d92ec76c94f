/** The kinds of part: how many good parts each has, and whether that is enough. */
import { FileInput, Plus, TriangleAlert } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { importLibrary } from '../../state/actions/libraryFile.ts';
import { chooseCategory } from '../../state/actions/settings.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { FEW } from './health.ts';

export function Kinds(props: { readonly making: boolean; readonly onMake: (making: boolean) => void }) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const categories = useStudioState((state) => state.categories);
  const category = useStudioState((state) => state.category);
  const exemplars = useStudioState((state) => state.exemplars);
  const health = useStudioState((state) => state.health);
  const counts = useMemo(() => {
    const found = new Map<string, number>();
    for (const { category: name, enabled } of exemplars) if (enabled) found.set(name, (found.get(name) ?? 0) + 1);
    return found;
  }, [exemplars]);
  return (
    <nav className="library-kinds" aria-label={t('kinds')}>
      <h3>{t('kinds')}</h3>
      <ul>
        {categories.map(({ name }) => {
          const count = counts.get(name) ?? 0;
          return (
            <li key={name}>
              <button
                type="button"
                aria-pressed={name === category && !props.making}
                onClick={() => {
                  props.onMake(false);
                  chooseCategory(context, name);
                }}
              >
                <span className="library-kind-name">{name}</span>
                {count >= FEW && (health[name]?.suspects.length ?? 0) > 0 && (
                  <TriangleAlert size={13} aria-label={t('hasSuspects')} />
                )}
                {count < FEW && <TriangleAlert size={13} aria-label={t('tooFew')} />}
                <span className="library-count">{count}</span>
              </button>
            </li>
          );
        })}
      </ul>
      <div className="library-kinds-more">
        <button type="button" className="button" onClick={() => props.onMake(true)}>
          <Plus size={15} /> {t('newKind')}
        </button>
        <OpenFile onOpened={() => props.onMake(false)} />
      </div>
    </nav>
  );
}

/** Picks a saved library file. */
function OpenFile({ onOpened }: { readonly onOpened: () => void }) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const input = useRef<HTMLInputElement>(null);
  const open = async (files: readonly File[]) => {
    for (const file of files) await importLibrary(context, await file.text(), file.name);
    onOpened();
  };
  return (
    <>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        <FileInput size={15} /> {t('openFile')}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".json,application/json"
        aria-label={t('file')}
        onChange={(event) => {
          void open([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
