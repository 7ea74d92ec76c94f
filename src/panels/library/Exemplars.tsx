/** The good parts of one kind: adding them, finding them, the grid, and what is said of those picked. */
import { Camera, Download, Search, Upload } from 'lucide-react';
import { useEffect, useMemo } from 'react';
import { useDropzone } from 'react-dropzone';
import { useTranslation } from 'react-i18next';
import { openCameraFor } from '../../state/actions/camera.ts';
import { findInGrid } from '../../state/actions/grid.ts';
import { watchHealth } from '../../state/actions/health.ts';
import { deleteCategory } from '../../state/actions/deleteKind.ts';
import { exportLibrary } from '../../state/actions/libraryFile.ts';
import { foundExemplars } from '../../state/gridState.ts';
import { exemplarsOf } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { typeWords } from '../../state/words.ts';
import { Density } from './Density.tsx';
import { ExemplarGrid } from './ExemplarGrid.tsx';
import { FolderButton } from './FolderButton.tsx';
import { countInWords, FEW } from './health.ts';
import { Side } from './Side.tsx';
import { takeFiles } from './takeFiles.ts';
import './exemplars.css';
import './side.css';

export function Exemplars({ category }: { readonly category: string }) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const types = useStudioState((state) => state.categories.find(({ name }) => name === category)?.types);
  const all = useStudioState((state) => state.exemplars);
  const reading = useStudioState((state) => state.reading);
  const query = useStudioState((state) => state.grid.query);
  const exemplars = useMemo(() => exemplarsOf({ exemplars: all }, category), [all, category]);
  const found = useMemo(() => foundExemplars(exemplars, query), [exemplars, query]);
  const count = exemplars.filter(({ enabled }) => enabled).length;
  useEffect(() => watchHealth(context, category), [context, category]);
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
    noDragEventsBubbling: true,
    onDrop: (files) => void takeFiles(context, category, files),
  });
  return (
    <div
      {...getRootProps({
        className: isDragActive ? 'exemplars exemplars-over' : 'exemplars',
        role: undefined,
        tabIndex: undefined,
      })}
    >
      <input {...getInputProps({ 'aria-label': t('fileInput', { category }) })} />
      <header className="exemplars-head">
        <div className="exemplars-about">
          <p className={count >= FEW ? 'exemplars-health' : 'exemplars-health exemplars-few'} role="status">
            {reading > 0 ? t('reading') : countInWords(count, t)}
          </p>
          <p>
            {types && types.length > 0
              ? t('askedAbout', { types: types.map(typeWords).join(t('comma')) })
              : t('askedAny')}
          </p>
        </div>
        <div className="exemplars-actions">
          <button
            type="button"
            className="button"
            title={t('saveNote')}
            disabled={exemplars.length === 0}
            onClick={() => void exportLibrary(context, category)}
          >
            <Download size={15} /> {t('save')}
          </button>
          <button type="button" className="button" onClick={() => openCameraFor(context, category)}>
            <Camera size={15} /> {t('camera')}
          </button>
          <FolderButton category={category} />
          <button type="button" className="button button-primary" onClick={open}>
            <Upload size={15} /> {t('add')}
          </button>
        </div>
      </header>
      {exemplars.length === 0 ? (
        <Empty category={category} onOpen={open} />
      ) : (
        <>
          <div className="exemplars-bar">
            <label className="exemplars-search">
              <Search size={15} />
              <input
                type="search"
                data-search
                aria-label={t('find')}
                placeholder={t('find')}
                value={query}
                onChange={(event) => findInGrid(context, event.currentTarget.value)}
              />
            </label>
            <Picked shown={found.length} />
            <Density />
          </div>
          <div className="exemplars-body">
            <ExemplarGrid exemplars={found} label={t('fileInput', { category })} />
            <Side category={category} exemplars={exemplars} />
          </div>
        </>
      )}
    </div>
  );
}

function Picked({ shown }: { readonly shown: number }) {
  const { t } = useTranslation('library');
  const picked = useStudioState((state) => state.grid.selected.size);
  return (
    <p className="exemplars-picked" role="status">
      {picked > 0 ? t('picked', { count: picked, of: shown }) : t('shown', { count: shown })}
    </p>
  );
}

function Empty({ category, onOpen }: { readonly category: string; readonly onOpen: () => void }) {
  const context = useStudio();
  const { t } = useTranslation('library');
  return (
    <div className="exemplars-empty">
      <p>{t('drop')}</p>
      <p>{t('dropNote')}</p>
      <div>
        <button type="button" className="button" onClick={onOpen}>
          {t('chooseFiles')}
        </button>
      </div>
      <button type="button" className="link" onClick={() => void deleteCategory(context, category)}>
        {t('removeKind', { category })}
      </button>
    </div>
  );
}
