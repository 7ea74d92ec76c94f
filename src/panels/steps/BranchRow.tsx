/** A question that was asked after a step, with what came of it; opens as a run of its own. */
import { GitBranch } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { TraceBranch } from '@agentiad/core/protocol/trace.ts';
import { formatNumber } from '../../i18n/words.ts';
import { openBranch } from '../../state/actions/branches.ts';
import { useStudio } from '../../state/useStudio.ts';
import { labelWord } from '../../state/words.ts';

export function BranchRow({ branch }: { readonly branch: TraceBranch }) {
  const context = useStudio();
  const { t } = useTranslation('steps');
  const outcome =
    branch.status === 'complete'
      ? t('branchOutcome', {
          label: labelWord(branch.label),
          score: branch.score === null ? '–' : formatNumber(branch.score, { maximumFractionDigits: 2 }),
        })
      : t(`branchStatus.${branch.status}`);
  return (
    <button type="button" className="step-head" onClick={() => openBranch(context, branch.id)}>
      <span className="step-icon">
        <GitBranch size={14} />
      </span>
      <span className="step-title">{t(`branch.${branch.kind}`)}</span>
      <span className="step-time">{outcome}</span>
    </button>
  );
}
