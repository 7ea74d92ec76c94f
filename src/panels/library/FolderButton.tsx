/** Picks a folder, which is then looked at: the way of keyboards and screen readers to what a drop does. */
import { FolderOpen } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useStudio } from '../../state/useStudio.ts';
import { takeFiles } from './takeFiles.ts';

/** `category`: the kind of part that is shown; null: the folder tells. */
export function FolderButton(props: { readonly category: string | null; readonly onTaken?: () => void }) {
  const { category } = props;
  const context = useStudio();
  const { t } = useTranslation('library');
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        <FolderOpen size={15} /> {t('addFolder')}
      </button>
      <input
        ref={(element) => {
          input.current = element;
          // React does not know the attribute.
          if (element) element.webkitdirectory = true;
        }}
        type="file"
        hidden
        multiple
        aria-label={category === null ? t('anyFolder') : t('folderInput', { category })}
        onChange={(event) => {
          void takeFiles(context, category, [...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
          props.onTaken?.();
        }}
      />
    </>
  );
}
