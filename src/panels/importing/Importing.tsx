/** The import of a folder, page by page: looking, what was found, taking, what came of it. */
import { useTranslation } from 'react-i18next';
import { problemInWords } from '../../i18n/problem.ts';
import type { Problem } from '../../runtime/messages.ts';
import { cancelImport } from '../../state/actions/importing.ts';
import type { ImportState } from '../../state/importState.ts';
import { useStudio } from '../../state/useStudio.ts';
import { Done } from './Done.tsx';
import { Found } from './Found.tsx';
import './importing.css';

export function Importing({ importing }: { readonly importing: ImportState }) {
  switch (importing.stage) {
    case 'looking':
      return <Progress {...importing} isStopping={false} what="looking" />;
    case 'taking':
      return <Progress {...importing} what="taking" />;
    case 'failed':
      return <Failed problem={importing.problem} />;
    case 'ready':
      return <Found ready={importing} />;
    case 'done':
      return <Done result={importing.result} />;
  }
}

function Progress(props: {
  readonly what: 'looking' | 'taking';
  readonly done: number;
  readonly total: number | null;
  readonly isStopping: boolean;
}) {
  const context = useStudio();
  const { t } = useTranslation('importing');
  const { what, done, total, isStopping } = props;
  const values = { done, total };
  const counted = what === 'looking' ? t('lookingAt', values) : t('taking', values);
  return (
    <section className="importing importing-progress">
      <p role="status">{isStopping ? t('stopping') : total === null ? t('looking') : counted}</p>
      <progress {...(total !== null && { value: done, max: Math.max(1, total) })} aria-label={counted} />
      <button type="button" className="button" disabled={isStopping} onClick={() => cancelImport(context)}>
        {t('cancel')}
      </button>
    </section>
  );
}

function Failed({ problem }: { readonly problem: Problem }) {
  const context = useStudio();
  const { t } = useTranslation('importing');
  const { subject, reason, remedy } = problemInWords(problem);
  return (
    <section className="importing" role="alert">
      <h3>{subject}</h3>
      <p>{reason}</p>
      <p>{remedy}</p>
      <button type="button" className="button" onClick={() => cancelImport(context)}>
        {t('close')}
      </button>
    </section>
  );
}
