/** In the place of the picture when it is gone: what is missing, what works all the same, and the way to have it back. */
import { FolderSearch, ImageOff } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { givePartFile } from '../../state/actions/partFile.ts';
import type { Current } from '../../state/studioState.ts';
import { useStudio } from '../../state/useStudio.ts';
import './pictureGone.css';

export function PictureGone({ current }: { readonly current: Current }) {
  const context = useStudio();
  const { t } = useTranslation('stage');
  const field = useRef<HTMLInputElement>(null);
  const { name, sha256 } = current;
  return (
    <section className="picture-gone" aria-label={t('gone.title', { name })}>
      <h3>
        <ImageOff size={16} /> {t('gone.title', { name })}
      </h3>
      <p>{t('gone.missing')}</p>
      <p>{t('gone.works')}</p>
      {!context.isReplayFile && (
        <>
          <button type="button" className="button" onClick={() => field.current?.click()}>
            <FolderSearch size={15} /> {t('gone.choose')}
          </button>
          <p className="picture-gone-hash">{t('gone.hash', { hash: sha256.slice(0, 12) })}</p>
          <input
            ref={field}
            type="file"
            hidden
            aria-hidden
            tabIndex={-1}
            data-part-file
            onChange={({ currentTarget }) => {
              const [file] = currentTarget.files ?? [];
              if (file) void givePartFile(context, file);
              currentTarget.value = '';
            }}
          />
        </>
      )}
    </section>
  );
}
