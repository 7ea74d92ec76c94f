/** One named trouble: its cause in plain words, what to do, what works all the same, and details to pass on. */
import { Check, ClipboardCopy } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copyDiagnostics } from '../../state/actions/diagnostics.ts';
import type { StudioState } from '../../state/studioState.ts';
import type { Trouble } from '../../state/trouble.ts';
import { useStudio } from '../../state/useStudio.ts';
import './trouble.css';

/** Where to go to do something about it. */
const DOORS: Readonly<Partial<Record<Trouble, readonly (StudioState['drawer'] & string)[]>>> = {
  limits: ['models'],
  quota: ['models', 'history'],
  network: ['models'],
};

export function TroubleHelp({ trouble, detail }: { readonly trouble: Trouble; readonly detail?: string | null }) {
  const { t } = useTranslation('trouble');
  const context = useStudio();
  return (
    <div className="trouble" data-trouble={trouble}>
      <p className="trouble-title">{t(`${trouble}.title`)}</p>
      <p>{t(`${trouble}.cause`)}</p>
      <dl>
        <div>
          <dt>{t('next')}</dt>
          <dd>{t(`${trouble}.next`)}</dd>
        </div>
        <div>
          <dt>{t('works')}</dt>
          <dd>{t(`${trouble}.works`)}</dd>
        </div>
      </dl>
      <div className="trouble-actions">
        {DOORS[trouble]?.map((drawer) => (
          <button key={drawer} type="button" className="button" onClick={() => context.store.setState({ drawer })}>
            {t(`open.${drawer}`)}
          </button>
        ))}
        <CopyDetails />
      </div>
      {detail && <p className="trouble-detail">{detail}</p>}
    </div>
  );
}

/** Copies what somebody who helps needs to know. */
export function CopyDetails() {
  const { t } = useTranslation('trouble');
  const context = useStudio();
  const [done, setDone] = useState<'copied' | 'saved' | null>(null);
  return (
    <>
      <button type="button" className="button" onClick={() => void copyDiagnostics(context).then(setDone)}>
        {done ? <Check size={15} /> : <ClipboardCopy size={15} />} {t('copy')}
      </button>
      <span role="status" className="trouble-done">
        {done && t(`done.${done}`)}
      </span>
    </>
  );
}
