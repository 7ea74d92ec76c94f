/** The two thresholds as handles and numbers; on the scores of labelled parts they are set on the validation tab. */
import { useTranslation } from 'react-i18next';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import { formatScore } from '../../i18n/words.ts';
import { editRecipe } from '../../state/actions/recipes.ts';
import { moveThresholds, setThresholds } from '../../state/actions/thresholds.ts';
import { recipeFor } from '../../state/recipes.ts';
import { thresholdsOf } from '../../state/thresholds.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { labelWord } from '../../state/words.ts';
import { ThresholdSlider } from '../../ui/ThresholdSlider.tsx';
import { Field } from './Field.tsx';

export function ThresholdsField({ category }: { readonly category: string }) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const t1 = useStudioState((state) => thresholdsOf(state, category).t1);
  const t2 = useStudioState((state) => thresholdsOf(state, category).t2);
  const hasRecipe = useStudioState((state) => recipeFor(state, category) !== null);
  const isValidated = useStudioState((state) => Boolean(recipeFor(state, category)?.validation?.calibration));
  const keep = (pair: Thresholds) => {
    if (hasRecipe) return void setThresholds(context, category, pair);
    context.store.setState({ movedThresholds: null });
    void editRecipe(context, category, pair);
  };
  return (
    <Field name={t('thresholds.name')} note={t(isValidated ? 'thresholds.calibrated' : 'thresholds.note')} isGroup>
      {() => (
        <div className="recipe-thresholds">
          <ThresholdSlider
            value={{ t1, t2 }}
            names={{ t1: t('thresholds.t1'), t2: t('thresholds.t2') }}
            onMove={(pair) => moveThresholds(context, category, pair)}
            onKeep={keep}
          />
          <p className="recipe-labels">
            <span className="label-normal">
              {labelWord('normal')} &lt; {formatScore(t1)}
            </span>
            <span className="label-review">{labelWord('review')}</span>
            <span className="label-anomalous">
              {labelWord('anomalous')} &gt; {formatScore(t2)}
            </span>
          </p>
        </div>
      )}
    </Field>
  );
}
