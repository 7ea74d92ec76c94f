/** A good part in full: picture, whether it is compared with, tags, note, where it came from and how often it served. */
import * as Switch from '@radix-ui/react-switch';
import { Trash2 } from 'lucide-react';
import { useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDate } from '../../i18n/words.ts';
import { setEnabled, setNote } from '../../state/actions/exemplars.ts';
import { deleteExemplars } from '../../state/actions/library.ts';
import { usageOf } from '../../state/usage.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';
import { FullPicture } from './FullPicture.tsx';
import { Tags } from './Tags.tsx';
import '../../ui/switch.css';

export function OneExemplar({ exemplar }: { readonly exemplar: ExemplarRecord }) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const id = useId();
  const { name, sha256, width, height, enabled, note, source, added } = exemplar;
  return (
    <>
      <FullPicture key={sha256} sha256={sha256} alt={name} />
      <h3 className="side-name">{name}</h3>
      <div className="side-switch">
        <label htmlFor={id}>{t('compared')}</label>
        <Switch.Root
          id={id}
          className="switch"
          checked={enabled}
          onCheckedChange={(on) => void setEnabled(context, [exemplar.id], on)}
        >
          <Switch.Thumb />
        </Switch.Root>
      </div>
      <dl className="side-facts">
        <div>
          <dt>{t('size')}</dt>
          <dd>
            {width} × {height}
          </dd>
        </div>
        <div>
          <dt>{t('added')}</dt>
          <dd>{formatDate(new Date(added))}</dd>
        </div>
        {source !== null && (
          <div>
            <dt>{t('source')}</dt>
            <dd className="side-path">{source}</dd>
          </div>
        )}
        <Used sha256={sha256} />
      </dl>
      <Tags exemplars={[exemplar]} />
      <label className="side-note">
        {t('note')}
        <textarea
          rows={2}
          defaultValue={note}
          onBlur={(event) => void setNote(context, exemplar.id, event.currentTarget.value.trim())}
        />
      </label>
      <button
        type="button"
        className="button button-danger"
        onClick={() => void deleteExemplars(context, [exemplar.id])}
      >
        <Trash2 size={15} /> {t('delete', { count: 1 })}
      </button>
    </>
  );
}

function Used({ sha256 }: { readonly sha256: string }) {
  const { t } = useTranslation('library');
  const history = useStudioState((state) => state.history);
  const usage = useMemo(() => usageOf(history).get(sha256), [history, sha256]);
  return (
    <div>
      <dt>{t('used')}</dt>
      <dd>{usage ? t('usedIn', { count: usage.count, date: formatDate(new Date(usage.last)) }) : t('neverUsed')}</dd>
    </div>
  );
}
