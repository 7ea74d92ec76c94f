/** What could not be done: file, cause, remedy. Stays until dismissed. */
import { TriangleAlert, X } from 'lucide-react';
import { dismissNotice } from '../../state/actions/images.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import './notices.css';

export function Notices() {
  const context = useStudio();
  const notices = useStudioState((state) => state.notices);
  if (notices.length === 0) return null;
  return (
    <section className="notices" aria-label="Problems">
      <header>
        <span>
          <TriangleAlert size={15} /> {notices.length === 1 ? '1 note' : `${notices.length} notes`}
        </span>
        <button type="button" className="link" onClick={() => context.store.setState({ notices: [] })}>
          Dismiss all
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
            </div>
            <button
              type="button"
              className="icon-button"
              aria-label={`Dismiss: ${problem.subject}`}
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
