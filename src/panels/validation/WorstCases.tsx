/** Where it went wrong, or nearly: each opens its trace, or tells why there is none. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Triage } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { problemInWords } from '../../i18n/problem.ts';
import { formatScore } from '../../i18n/words.ts';
import { openRun } from '../../state/actions/traces.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { worstCases } from '../../state/validationFigures.ts';
import type { ValidationSoFar } from '../../state/validations.ts';
import type { OutcomeRecord } from '../../storage/schema.ts';
import { ChipPopover } from '../../ui/ChipPopover.tsx';
import { Thumb } from '../Thumb.tsx';

const MOST = 12;

export function WorstCases(props: {
  readonly cases: readonly LabelledScore[];
  readonly thresholds: Thresholds;
  readonly triage: Triage | null;
  readonly validation: ValidationSoFar;
}) {
  const context = useStudio();
  const { t } = useTranslation('validation');
  const history = useStudioState((state) => state.history);
  const runs = useMemo(() => new Set(history.map((run) => run.id)), [history]);
  const outcomes = new Map(props.validation.outcomes.map((outcome) => [outcome.runId, outcome]));
  return (
    <ul className="worst">
      {worstCases(props.cases, props.thresholds, props.triage, MOST).map(({ kind, case: { id, truth, score } }) => {
        const outcome = outcomes.get(id);
        if (!outcome) return null;
        const { name, sha256 } = outcome;
        const tile = (
          <>
            <Thumb sha256={sha256} alt="" />
            <span className="worst-kind">{t(`worst.${kind}`)}</span>
            <span className="worst-name" title={name}>
              {name}
            </span>
            <span className="validation-note">
              {t(`images.${truth}`)} · {score === null ? t('worst.noScore') : formatScore(score)}
            </span>
          </>
        );
        return (
          <li key={id} data-row>
            {runs.has(id) ? (
              <button type="button" className={`worst-${kind}`} onClick={() => void openRun(context, id)}>
                {tile}
              </button>
            ) : (
              <ChipPopover className={`worst-${kind}`} title={name} trigger={tile} align="start">
                <WhatFailed outcome={outcome} />
              </ChipPopover>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** An inspection that failed before it had a trace. */
function WhatFailed({ outcome: { name, problem } }: { readonly outcome: OutcomeRecord }) {
  const { t } = useTranslation('validation');
  const told = problem && problemInWords(problem);
  return (
    <>
      <h2>{t('worst.failedTitle', { name })}</h2>
      {told && told.subject !== name && <p>{told.subject}</p>}
      <p>{told ? told.reason : t('worst.failedUnknown')}</p>
      <p>{told ? told.remedy : t('worst.failedAgain')}</p>
    </>
  );
}
