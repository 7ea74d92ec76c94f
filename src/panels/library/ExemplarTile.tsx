/** One good part in the grid: picture, name, whether it is off or tagged; a click picks it. */
import { Check, EyeOff, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { pickExemplar } from '../../state/actions/grid.ts';
import { deleteExemplars } from '../../state/actions/library.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';
import { Thumb } from '../Thumb.tsx';

export function ExemplarTile(props: {
  readonly exemplar: ExemplarRecord;
  readonly index: number;
  readonly isInTabOrder: boolean;
}) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const { id, name, sha256, enabled } = props.exemplar;
  const isPicked = useStudioState((state) => state.grid.selected.has(id));
  return (
    <div
      role="gridcell"
      className={enabled ? 'exemplar-tile' : 'exemplar-tile exemplar-off'}
      aria-selected={isPicked}
      aria-label={enabled ? name : t('nameOff', { name })}
      data-at={props.index}
      tabIndex={props.isInTabOrder ? 0 : -1}
      onClick={(event) =>
        pickExemplar(context, id, { toggles: event.ctrlKey || event.metaKey, extends: event.shiftKey })
      }
    >
      <span className="exemplar-picture">
        <Thumb sha256={sha256} alt="" />
        {isPicked && (
          <span className="exemplar-mark exemplar-picked">
            <Check size={13} />
          </span>
        )}
        {!enabled && (
          <span className="exemplar-mark exemplar-is-off">
            <EyeOff size={13} />
          </span>
        )}
        <button
          type="button"
          className="exemplar-delete"
          tabIndex={-1}
          aria-label={t('remove', { name })}
          onClick={(event) => {
            event.stopPropagation();
            void deleteExemplars(context, [id]);
          }}
        >
          <Trash2 size={14} />
        </button>
      </span>
      <span className="exemplar-name" title={name}>
        {name}
      </span>
    </div>
  );
}
