/** One run of the history: its part, the label it was issued with, what its score says today, and the decision. */
import { CircleCheck, CircleHelp, CircleX, Trash2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { labelOfScore } from '@agentiad/core/protocol/thresholds.ts';
import { formatDate } from '../../i18n/words.ts';
import { deleteRun } from '../../state/actions/deleteRun.ts';
import { openRun } from '../../state/actions/traces.ts';
import { disagrees } from '../../state/decisions.ts';
import { PART_FIELDS } from '../../state/partFields.ts';
import { thresholdsOf } from '../../state/thresholds.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { labelWord, runSummary } from '../../state/words.ts';
import type { DecisionRecord, RunRecord } from '../../storage/schema.ts';
import { Thumb } from '../Thumb.tsx';

const DECISIONS: Readonly<Record<DecisionRecord['decision'], ReactNode>> = {
  good: <CircleCheck size={14} />,
  defect: <CircleX size={14} />,
  unsure: <CircleHelp size={14} />,
};

export function RunRow({ run }: { readonly run: RunRecord }) {
  const context = useStudio();
  const { t } = useTranslation('history');
  const isShown = useStudioState((state) => state.current?.runId === run.id);
  const decision = useStudioState((state) => state.decisions[run.id]);
  const today = useStudioState((state) =>
    run.score === null ? null : labelOfScore(run.score, thresholdsOf(state, run.category)),
  );
  return (
    <li data-row data-run={run.id} className={isShown ? 'history-shown' : ''}>
      <button type="button" className="history-open" onClick={() => void openRun(context, run.id)}>
        <Thumb sha256={run.imageSha256} alt="" />
        <span className="history-text">
          <span className="history-name">{run.name}</span>
          <span className="history-sub">
            {/* A recipe mostly bears the name of its kind of part. */}
            {run.recipe?.name !== run.category && `${run.category ?? t('unsorted')} · `}
            {run.recipe && `${t('recipe:named', { name: run.recipe.name, version: run.recipe.version })} · `}
            {formatDate(new Date(run.created))}
            {run.origin !== 'live' && ` · ${t(`origin.${run.origin}`)}`}
            {PART_FIELDS.map((field) => run.part[field] && ` · ${t(`recipe:part.${field}`)} ${run.part[field]}`)}
          </span>
        </span>
        {decision && (
          <span className={`history-decision history-${decision.decision}`}>
            {DECISIONS[decision.decision]} {t(`decided.${decision.decision}`)}
            {disagrees(run, decision) && <span className="history-against">{t('against')}</span>}
          </span>
        )}
        <span className="history-labels">
          <span className={`history-verdict verdict-${run.label ?? 'neutral'}`}>{runSummary(run)}</span>
          {today !== null && today !== run.label && (
            <span className="history-today">{t('today', { label: labelWord(today) })}</span>
          )}
        </span>
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={t('delete', { name: run.name })}
        data-row-remove
        onClick={() => void deleteRun(context, run.id)}
      >
        <Trash2 size={15} />
      </button>
    </li>
  );
}
