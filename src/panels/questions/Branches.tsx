/** What was asked so far and what came of it; each opens as a run of its own on the stage. */
import { useTranslation } from 'react-i18next';
import type { Trace, TraceBranch } from '@agentiad/core/protocol/trace.ts';
import { formatNumber, formatPartOf } from '../../i18n/words.ts';
import { openBranch, showBranch } from '../../state/actions/branches.ts';
import { numberOf } from '../../state/askable.ts';
import { useStudio } from '../../state/useStudio.ts';
import { typeWords } from '../../state/words.ts';

export function Branches({ trace, shown }: { readonly trace: Trace; readonly shown: string | null }) {
  const context = useStudio();
  const { t } = useTranslation('questions');
  const branches = trace.branches ?? [];
  if (branches.length === 0) return null;
  return (
    <div className="question" role="group" aria-labelledby="question-branches">
      <h3 id="question-branches">{t('asked.title')}</h3>
      <ol className="asked">
        {branches.map((branch, index) => (
          <li key={branch.id}>
            <button
              type="button"
              aria-pressed={branch.id === shown}
              onClick={() => (branch.id === shown ? showBranch(context, null) : openBranch(context, branch.id))}
            >
              <span className="asked-name">
                {index + 1}. {t(`asked.kind.${branch.kind}`)}
              </span>
              <span className="asked-where">
                {t('asked.after', {
                  count: numberOf(trace.steps, branch.after),
                  step: numberOf(trace.steps, branch.after),
                })}
                {branch.kind === 'sweep' && t('asked.coverage', { share: formatPartOf(branch.coverage.share) })}
                {branch.model.sha256 !== trace.verdict.model.sha256 &&
                  t('asked.otherModel', { model: branch.model.id })}
              </span>
              <Outcome branch={branch} trace={trace} />
            </button>
          </li>
        ))}
      </ol>
      {shown !== null && (
        <button type="button" className="link" onClick={() => showBranch(context, null)}>
          {t('asked.back')}
        </button>
      )}
    </div>
  );
}

function Outcome({ branch, trace }: { readonly branch: TraceBranch; readonly trace: Trace }) {
  const { t } = useTranslation('questions');
  const { answer, score, status } = branch;
  if (!answer) return <span className="asked-outcome">{t(`asked.status.${status}`)}</span>;
  const before = trace.verdict.agentAnswer;
  const flips = before !== null && before.anomaly_present !== answer.anomaly_present;
  return (
    <span className="asked-outcome">
      {answer.anomaly_present ? t('asked.defect', { type: typeWords(answer.top_anomaly) }) : t('checks.normal')}
      {score !== null && ` ${formatNumber(score, { maximumFractionDigits: 2 })}`}
      {flips && <strong className="check-flip">{t('checks.flips')}</strong>}
    </span>
  );
}
