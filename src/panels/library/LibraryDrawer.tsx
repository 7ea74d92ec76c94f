/** The exemplar library: one list of good parts per category; add, look, remove, make a category. */
import { Download, FileInput, Plus, Trash2, Upload } from 'lucide-react';
import type { TFunction } from 'i18next';
import { useRef, useState } from 'react';
import { useDropzone } from 'react-dropzone';
import { useTranslation } from 'react-i18next';
import { isJsonFile } from '../../state/actions/intake.ts';
import { addExemplars, deleteCategory, deleteExemplar } from '../../state/actions/library.ts';
import { exportLibrary, importLibrary } from '../../state/actions/libraryFile.ts';
import { chooseCategory } from '../../state/actions/settings.ts';
import type { StudioContext } from '../../state/context.ts';
import { exemplarsOf } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { typeWords } from '../../state/words.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import { Notices } from '../notices/Notices.tsx';
import { UndoToast } from '../notices/UndoToast.tsx';
import { Thumb } from '../Thumb.tsx';
import { CategoryForm } from './CategoryForm.tsx';
import './library.css';

export function LibraryDrawer() {
  const context = useStudio();
  const { t } = useTranslation('library');
  const categories = useStudioState((state) => state.categories);
  const category = useStudioState((state) => state.category);
  const exemplars = useStudioState((state) => state.exemplars);
  const [adding, setAdding] = useState(categories.length === 0);
  const shown = categories.find((known) => known.name === category) ?? null;
  const close = () => context.store.setState({ drawer: null });

  return (
    <Drawer title={t('title')} description={t('description')} onClose={close}>
      <div className="library">
        <nav className="library-categories" aria-label={t('kinds')}>
          <ul>
            {categories.map((known) => (
              <li key={known.name}>
                <button
                  type="button"
                  aria-pressed={known.name === category && !adding}
                  onClick={() => {
                    setAdding(false);
                    chooseCategory(context, known.name);
                  }}
                >
                  <span>{known.name}</span>
                  <span className="library-count">{exemplarsOf({ exemplars }, known.name).length}</span>
                </button>
              </li>
            ))}
          </ul>
          <button type="button" className="button library-new" onClick={() => setAdding(true)}>
            <Plus size={15} /> {t('newKind')}
          </button>
          <OpenFile onOpened={() => setAdding(false)} />
        </nav>
        <div className="library-main">
          <Notices />
          {adding || !shown ? (
            <CategoryForm onDone={() => setAdding(false)} />
          ) : (
            <Exemplars
              category={shown.name}
              types={shown.types}
              onDelete={() => void deleteCategory(context, shown.name)}
            />
          )}
        </div>
      </div>
      <UndoToast />
    </Drawer>
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
      <button type="button" className="button library-new" onClick={() => input.current?.click()}>
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

/** Photos become good parts of `category`; a library file goes to the kind of part it was saved from. */
async function takeFiles(context: StudioContext, category: string, files: readonly File[]): Promise<void> {
  const images = files.filter((file) => !isJsonFile(file));
  if (images.length > 0) await addExemplars(context, category, images);
  for (const file of files.filter(isJsonFile)) await importLibrary(context, await file.text(), file.name);
}

function Exemplars(props: {
  readonly category: string;
  readonly types: readonly string[];
  readonly onDelete: () => void;
}) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const all = useStudioState((state) => state.exemplars);
  const reading = useStudioState((state) => state.reading);
  const exemplars = exemplarsOf({ exemplars: all }, props.category);
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
    noDragEventsBubbling: true,
    onDrop: (files) => void takeFiles(context, props.category, files),
  });
  return (
    <div {...getRootProps({ className: isDragActive ? 'exemplars exemplars-over' : 'exemplars' })}>
      <input {...getInputProps({ 'aria-label': t('fileInput', { category: props.category }) })} />
      <header className="exemplars-head">
        <div>
          <h3>{props.category}</h3>
          <p>
            {props.types.length > 0
              ? t('askedAbout', { types: props.types.map(typeWords).join(t('comma')) })
              : t('askedAny')}
          </p>
        </div>
        <div className="exemplars-actions">
          <button
            type="button"
            className="button"
            title={t('saveNote')}
            disabled={exemplars.length === 0}
            onClick={() => void exportLibrary(context, props.category)}
          >
            <Download size={15} /> {t('save')}
          </button>
          <button type="button" className="button button-primary" onClick={open}>
            <Upload size={15} /> {t('add')}
          </button>
        </div>
      </header>
      <p className={exemplars.length >= 3 ? 'exemplars-health' : 'exemplars-health exemplars-few'} role="status">
        {reading > 0 ? t('reading') : healthOf(exemplars.length, t)}
      </p>
      {exemplars.length === 0 ? (
        <div className="exemplars-empty">{t('drop')}</div>
      ) : (
        <ul className="exemplar-grid">
          {exemplars.map((exemplar) => (
            <li key={exemplar.id} data-row>
              <Thumb sha256={exemplar.sha256} alt="" />
              <span className="exemplar-name" title={exemplar.name}>
                {exemplar.name}
              </span>
              <button
                type="button"
                className="exemplar-delete"
                aria-label={t('remove', { name: exemplar.name })}
                data-row-remove
                onClick={() => void deleteExemplar(context, exemplar.id)}
              >
                <Trash2 size={15} />
              </button>
            </li>
          ))}
        </ul>
      )}
      {exemplars.length === 0 && (
        <button type="button" className="link exemplars-drop-category" onClick={props.onDelete}>
          {t('removeKind', { category: props.category })}
        </button>
      )}
    </div>
  );
}

function healthOf(count: number, t: TFunction): string {
  if (count === 0) return t('health.none');
  if (count < 3) return t('health.few', { count });
  return t(count > 30 ? 'health.many' : 'health.enough', { count });
}
