/** A failure beside the thing that failed: what, why, and what to do. */
import { TriangleAlert } from 'lucide-react';
import { problemInWords } from '../../i18n/problem.ts';
import type { Problem } from '../../runtime/messages.ts';

export function ProblemText(props: { readonly problem: Problem }) {
  const problem = problemInWords(props.problem);
  return (
    <div className="model-problem" role="alert" data-code={problem.code}>
      <TriangleAlert size={15} aria-hidden="true" />
      <div>
        <p>
          <strong>{problem.subject}:</strong> {problem.reason}
        </p>
        <p className="model-hint">{problem.remedy}</p>
      </div>
    </div>
  );
}
