/** Where it went wrong, or nearly: each opens its trace. */
import { useTranslation } from 'react-i18next';
import type { Triage } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { formatScore } from '../../i18n/words.ts';
import { openRun } from '../../state/actions/traces.ts';
import { useStudio } from '../../state/useStudio.ts';
import { worstCases } from '../../state/validationFigures.ts';
import type { ValidationSoFar } from '../../state/validations.ts';
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
  const outcomes = new Map(props.validation.outcomes.map((outcome) => [outcome.runId, outcome]));
  return (
    <ul className="worst">
      {worstCases(props.cases, props.thresholds, props.triage, MOST).map(({ kind, case: { id, truth, score } }) => {
        const outcome = outcomes.get(id);
        if (!outcome) return null;
        const { name, sha256 } = outcome;
        return (
          <li key={id} data-row>
            <button type="button" className={`worst-${kind}`} onClick={() => void openRun(context, id)}>
              <Thumb sha256={sha256} alt="" />
              <span className="worst-kind">{t(`worst.${kind}`)}</span>
              <span className="worst-name" title={name}>
                {name}
              </span>
              <span className="validation-note">
                {t(`images.${truth}`)} · {score === null ? t('worst.noScore') : formatScore(score)}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
