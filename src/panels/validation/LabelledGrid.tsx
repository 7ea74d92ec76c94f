/** Labelled images as small tiles; only rows in view are drawn. */
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowLeftRight, Trash2 } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { labelAs, removeLabelled } from '../../state/actions/labelled.ts';
import { useStudio } from '../../state/useStudio.ts';
import type { LabelledRecord } from '../../storage/schema.ts';
import { Thumb } from '../Thumb.tsx';

const COLUMNS = 6;
const ROW_PX = 74;

export function LabelledGrid(props: {
  readonly category: string;
  readonly labelled: readonly LabelledRecord[];
  readonly label: string;
}) {
  const { labelled } = props;
  const box = useRef<HTMLUListElement>(null);
  // Written for React without its compiler; the virtualizer tells React itself when what it gives has changed.
  // eslint-disable-next-line react-hooks/incompatible-library
  const virtual = useVirtualizer({
    count: Math.ceil(labelled.length / COLUMNS),
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 4,
  });
  return (
    <ul className="heap-grid" ref={box} aria-label={props.label}>
      <li role="presentation" style={{ height: virtual.getTotalSize() }} />
      {virtual.getVirtualItems().flatMap((row) =>
        labelled.slice(row.index * COLUMNS, (row.index + 1) * COLUMNS).map((record, column) => (
          <li
            key={record.id}
            data-row
            data-labelled={record.id}
            className="heap-tile"
            style={{ top: row.start, left: `${(column * 100) / COLUMNS}%`, width: `${100 / COLUMNS}%` }}
          >
            <Tile category={props.category} record={record} />
          </li>
        )),
      )}
    </ul>
  );
}

function Tile({ category, record }: { readonly category: string; readonly record: LabelledRecord }) {
  const context = useStudio();
  const { t } = useTranslation('validation');
  const other = record.truth === 'normal' ? 'anomalous' : 'normal';
  const { id, name } = record;
  return (
    <span className="heap-picture" title={record.source ?? name}>
      <Thumb sha256={record.sha256} alt={name} />
      <span className="heap-tools">
        <button
          type="button"
          aria-label={t(`images.move.${other}`, { name })}
          onClick={() => void labelAs(context, category, [id], other)}
        >
          <ArrowLeftRight size={13} />
        </button>
        <button
          type="button"
          data-row-remove
          aria-label={t('images.remove', { name })}
          onClick={() => void removeLabelled(context, category, [id])}
        >
          <Trash2 size={13} />
        </button>
      </span>
    </span>
  );
}
