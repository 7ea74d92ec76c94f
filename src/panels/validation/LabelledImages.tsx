/** Two heaps: good and bad. Files are dropped on one of them or picked; a folder with both is looked at first. */
import { CircleCheck, CircleX, FolderOpen, Upload } from 'lucide-react';
import { useRef } from 'react';
import { useDropzone } from 'react-dropzone';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../i18n/words.ts';
import { beginImport } from '../../state/actions/importing.ts';
import { addLabelled } from '../../state/actions/labelled.ts';
import { useStudio } from '../../state/useStudio.ts';
import type { LabelledRecord } from '../../storage/schema.ts';
import { filesWithPaths } from '../library/takeFiles.ts';
import { LabelledGrid } from './LabelledGrid.tsx';

type Truth = LabelledRecord['truth'];
interface Heap {
  readonly category: string;
  readonly labelled: readonly LabelledRecord[];
}

export function LabelledImages({ category, labelled }: Heap) {
  return (
    <>
      <FolderLine category={category} />
      <div className="heaps">
        <HeapOf truth="normal" category={category} labelled={labelled} />
        <HeapOf truth="anomalous" category={category} labelled={labelled} />
      </div>
    </>
  );
}

function FolderLine({ category }: { readonly category: string }) {
  const context = useStudio();
  const { t } = useTranslation('validation');
  const input = useRef<HTMLInputElement>(null);
  return (
    <p className="heaps-folder">
      <button type="button" className="button" onClick={() => input.current?.click()}>
        <FolderOpen size={15} /> {t('images.folder')}
      </button>
      <span className="validation-note">{t('images.folderNote')}</span>
      <input
        ref={(element) => {
          input.current = element;
          // React does not know the attribute.
          if (element) element.webkitdirectory = true;
        }}
        type="file"
        hidden
        multiple
        aria-label={t('images.folderInput')}
        onChange={(event) => {
          void beginImport(context, category, filesWithPaths([...(event.currentTarget.files ?? [])]), {
            takesLabelled: true,
          });
          event.currentTarget.value = '';
        }}
      />
    </p>
  );
}

function HeapOf({ truth, category, labelled }: Heap & { readonly truth: Truth }) {
  const context = useStudio();
  const { t } = useTranslation('validation');
  const own = labelled.filter((record) => record.truth === truth);
  const { getRootProps, getInputProps, isDragActive, open } = useDropzone({
    noClick: true,
    noKeyboard: true,
    noDragEventsBubbling: true,
    onDrop: (files) => void addLabelled(context, category, files, truth),
  });
  return (
    <div
      {...getRootProps({
        className: isDragActive ? `heap heap-${truth} heap-over` : `heap heap-${truth}`,
        role: 'group',
        'aria-label': t(`images.${truth}`),
        tabIndex: undefined,
      })}
    >
      <input {...getInputProps({ 'aria-label': t(`images.input.${truth}`) })} />
      <header>
        <h4>
          {truth === 'normal' ? <CircleCheck size={16} /> : <CircleX size={16} />} {t(`images.${truth}`)}
          <span className="heap-count">{formatNumber(own.length)}</span>
        </h4>
        <button type="button" className="button" onClick={open}>
          <Upload size={15} /> {t('images.add')}
        </button>
      </header>
      {own.length === 0 ? (
        <p className="heap-empty">{t(`images.drop.${truth}`)}</p>
      ) : (
        <LabelledGrid category={category} labelled={own} label={t(`images.${truth}`)} />
      )}
    </div>
  );
}
