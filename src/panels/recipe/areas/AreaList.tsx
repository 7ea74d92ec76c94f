/** The areas in words: pick one, see which corner is picked, delete. */
import { EyeOff, ScanSearch, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { inspectedShare, type Areas } from '@agentiad/core/image/areas.ts';
import { formatShare } from '../../../i18n/words.ts';
import { isRectangle, type Picked } from './shapes.ts';

/** Fine enough for a share in words. */
const GRID = { width: 256, height: 256 };

export function AreaList(props: {
  readonly areas: Areas;
  readonly picked: Picked | null;
  readonly onPick: (picked: Picked | null) => void;
  readonly onRemove: () => void;
}) {
  const { t } = useTranslation('recipe');
  const { areas, picked, onPick } = props;
  const rows = (['roi', 'ignore'] as const).flatMap((kind) =>
    areas[kind].map((shape, index) => ({ kind, index, shape })),
  );
  if (rows.length === 0) return null;
  return (
    <ul className="area-list" aria-label={t('areas.list')}>
      {rows.map(({ kind, index, shape }) => {
        const isPicked = picked?.kind === kind && picked.index === index;
        const share = inspectedShare({ roi: [shape], ignore: [] }, GRID);
        const name = t(`areas.named.${kind}`, { number: index + 1 });
        return (
          <li key={`${kind} ${index}`} className={isPicked ? 'area-picked' : ''}>
            <button
              type="button"
              className="area-name"
              aria-pressed={isPicked}
              onClick={() => onPick(isPicked ? null : { kind, index, corner: null })}
            >
              {kind === 'roi' ? <ScanSearch size={15} /> : <EyeOff size={15} />}
              <span>{name}</span>
              <span className="area-facts">
                {isRectangle(shape) ? t('areas.rectangle') : t('areas.corners', { count: shape.length })}
                {' · '}
                {formatShare(share, 1)}
                {isPicked && picked.corner !== null && ` · ${t('areas.corner', { number: picked.corner + 1 })}`}
              </span>
            </button>
            {isPicked && (
              <button
                type="button"
                className="icon-button"
                aria-label={picked.corner === null ? t('areas.remove', { name }) : t('areas.removeCorner')}
                onClick={props.onRemove}
              >
                <Trash2 size={15} />
              </button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
