/** What can be done with several good parts at once. */
import { Eye, EyeOff, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { setEnabled } from '../../state/actions/exemplars.ts';
import { deleteExemplars } from '../../state/actions/library.ts';
import { pickNone } from '../../state/actions/grid.ts';
import { useStudio } from '../../state/useStudio.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';
import { Thumb } from '../Thumb.tsx';
import { Tags } from './Tags.tsx';

/** Small pictures of what is picked. */
const SHOWN = 8;

export function SeveralExemplars({ exemplars }: { readonly exemplars: readonly ExemplarRecord[] }) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const ids = exemplars.map(({ id }) => id);
  const off = exemplars.filter(({ enabled }) => !enabled).length;
  return (
    <>
      <h3 className="side-name">{t('severalPicked', { count: exemplars.length })}</h3>
      <div className="side-thumbs" aria-hidden="true">
        {exemplars.slice(0, SHOWN).map(({ id, sha256 }) => (
          <Thumb key={id} sha256={sha256} alt="" />
        ))}
      </div>
      {off > 0 && <p className="side-hint">{t('someOff', { count: off })}</p>}
      <div className="side-actions">
        <button
          type="button"
          className="button"
          disabled={off === 0}
          onClick={() => void setEnabled(context, ids, true)}
        >
          <Eye size={15} /> {t('enable')}
        </button>
        <button
          type="button"
          className="button"
          disabled={off === exemplars.length}
          onClick={() => void setEnabled(context, ids, false)}
        >
          <EyeOff size={15} /> {t('disable')}
        </button>
      </div>
      <Tags exemplars={exemplars} />
      <button type="button" className="button button-danger" onClick={() => void deleteExemplars(context, ids)}>
        <Trash2 size={15} /> {t('delete', { count: exemplars.length })}
      </button>
      <button type="button" className="link" onClick={() => pickNone(context)}>
        {t('pickNone')}
      </button>
    </>
  );
}
