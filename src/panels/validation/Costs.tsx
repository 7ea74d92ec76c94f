/** Thresholds from what an escape costs against an overkill. */
import { TriangleAlert } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { ratesAt } from '@agentiad/core/validation/rates.ts';
import { DEFAULT_COSTS, suggestThresholds } from '@agentiad/core/validation/suggest.ts';
import { formatNumber, formatScore, formatShare } from '../../i18n/words.ts';
import { setThresholds } from '../../state/actions/thresholds.ts';
import { writeValidation } from '../../state/actions/writeValidation.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { validationOf } from '../../state/validations.ts';

/** Share of all parts sent to a person above which the score saves too little of their work to decide on. */
const MUCH_REVIEW = 0.5;

/** The handles move in hundredths. */
const rounded = (value: number) => Math.round(value * 100) / 100;

export function Costs(props: {
  readonly category: string;
  readonly recipe: Recipe;
  readonly cases: readonly LabelledScore[];
}) {
  const context = useStudio();
  const { t } = useTranslation('validation');
  const id = useId();
  const { category, recipe, cases } = props;
  const costRatio = recipe.validation?.costRatio ?? DEFAULT_COSTS.costRatio;
  const suggestion = suggestThresholds(cases, { ...DEFAULT_COSTS, costRatio });
  const wanted = suggestion && { t1: rounded(suggestion.t1), t2: rounded(suggestion.t2) };
  const expected = wanted && ratesAt(cases, wanted);
  const isComplete = useStudioState((state) => validationOf(state, category)?.record.status === 'complete');
  const isHardlyWorth = (expected?.review.rate ?? 0) > MUCH_REVIEW;
  const isSet = wanted !== null && wanted.t1 === rounded(recipe.t1) && wanted.t2 === rounded(recipe.t2);
  return (
    <div className="costs">
      <p>
        <label htmlFor={id}>{t('costs.before')}</label>
        <input
          id={id}
          type="number"
          min={1}
          max={1000}
          value={costRatio}
          disabled={!recipe.validation || !isComplete}
          onChange={(event) => {
            const ratio = event.currentTarget.valueAsNumber;
            if (ratio >= 1 && ratio <= 1000) void writeValidation(context, category, ratio);
          }}
        />
        <span>{t('costs.after', { review: formatNumber(DEFAULT_COSTS.reviewCost) })}</span>
      </p>
      {wanted && expected ? (
        <>
          {isHardlyWorth && (
            <p className="costs-doubt">
              <TriangleAlert size={15} />
              <strong>{t('costs.hardlyWorth', { review: formatShare(expected.review.rate ?? 0) })}</strong>
            </p>
          )}
          <p className="costs-suggestion">
            {t('costs.suggestion', {
              t1: formatScore(wanted.t1),
              t2: formatScore(wanted.t2),
              escape: formatShare(expected.escape.rate ?? 0),
              overkill: formatShare(expected.overkill.rate ?? 0),
              review: formatShare(expected.review.rate ?? 0),
            })}
            <button
              type="button"
              className={isHardlyWorth ? 'link' : 'button'}
              disabled={isSet}
              onClick={() => void setThresholds(context, category, wanted)}
            >
              {t(isSet ? 'costs.applied' : isHardlyWorth ? 'costs.applyAnyway' : 'costs.apply')}
            </button>
          </p>
        </>
      ) : (
        <p className="validation-note">{t('costs.none')}</p>
      )}
      <p className="validation-note">{t('costs.note')}</p>
    </div>
  );
}
