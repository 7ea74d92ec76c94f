/** What could not be done: file, cause, remedy. Stays until dismissed. */
import { TriangleAlert, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { problemInWords } from '../../i18n/problem.ts';
import { dismissNotice } from '../../state/actions/images.ts';
import type { Problem } from '../../runtime/messages.ts';
import { troubleOfProblem } from '../../state/trouble.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { CopyDetails, TroubleHelp } from '../trouble/TroubleHelp.tsx';
import './notices.css';

export function Notices() {
  const context = useStudio();
  const { t } = useTranslation('notices');
  const notices = useStudioState((state) => state.notices).map((notice) => ({
    ...notice,
    problem: problemInWords(notice.problem),
  }));
  if (notices.length === 0) return null;
  return (
    <section className="notices" aria-label={t('title')}>
      <header>
        <span>
          <TriangleAlert size={15} /> {t('count', { count: notices.length })}
        </span>
        <button type="button" className="link" onClick={() => context.store.setState({ notices: [] })}>
          {t('dismissAll')}
        </button>
      </header>
      <ul>
        {notices.map(({ id, problem }) => (
          <li key={id} data-code={problem.code}>
            <div>
              <p>
                <strong>{problem.subject}:</strong> {problem.reason}
              </p>
              <p className="notice-remedy">{problem.remedy}</p>
              <More problem={problem} />
            </div>
            <button
              type="button"
              className="icon-button"
              aria-label={t('dismiss', { subject: problem.subject })}
              onClick={() => dismissNotice(context, id)}
            >
              <X size={15} />
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** For troubles with a name: what works all the same, and where to go. For others what can be passed on. */
function More({ problem }: { readonly problem: Problem }) {
  const { t } = useTranslation('notices');
  const trouble = troubleOfProblem(problem);
  if (!trouble && !problem.detail) return null;
  return (
    <details>
      <summary>{t('more')}</summary>
      {trouble ? <TroubleHelp trouble={trouble} /> : <CopyDetails />}
    </details>
  );
}
