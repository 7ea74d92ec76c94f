/** The two thresholds as handles and numbers; on the scores of labelled parts they are set on the validation tab. */
import * as Slider from '@radix-ui/react-slider';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../../i18n/words.ts';
import { editRecipe } from '../../state/actions/recipes.ts';
import { moveThresholds, setThresholds } from '../../state/actions/thresholds.ts';
import { recipeFor } from '../../state/recipes.ts';
import { thresholdsOf } from '../../state/thresholds.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { labelWord } from '../../state/words.ts';
import { Field } from './Field.tsx';

const two = (value: number) => formatNumber(value, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export function ThresholdsField({ category }: { readonly category: string }) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const t1 = useStudioState((state) => thresholdsOf(state, category).t1);
  const t2 = useStudioState((state) => thresholdsOf(state, category).t2);
  const hasRecipe = useStudioState((state) => recipeFor(state, category) !== null);
  const isValidated = useStudioState((state) => Boolean(recipeFor(state, category)?.validation?.calibration));
  const keep = (low: number, high: number) => {
    if (hasRecipe) return void setThresholds(context, category, { t1: low, t2: high });
    context.store.setState({ movedThresholds: null });
    void editRecipe(context, category, { t1: low, t2: high });
  };
  return (
    <Field name={t('thresholds.name')} note={t(isValidated ? 'thresholds.calibrated' : 'thresholds.note')} isGroup>
      {() => (
        <div className="recipe-thresholds">
          <Slider.Root
            className="thresholds-slider"
            min={0}
            max={1}
            step={0.01}
            value={[t1, t2]}
            onValueChange={([low = t1, high = t2]) => moveThresholds(context, category, { t1: low, t2: high })}
            onValueCommit={([low = t1, high = t2]) => keep(low, high)}
          >
            <Slider.Track className="thresholds-track">
              <Slider.Range className="thresholds-range" />
            </Slider.Track>
            <Slider.Thumb className="thresholds-thumb" aria-label={t('thresholds.t1')} aria-valuetext={two(t1)} />
            <Slider.Thumb className="thresholds-thumb" aria-label={t('thresholds.t2')} aria-valuetext={two(t2)} />
          </Slider.Root>
          <p className="recipe-labels">
            <span className="label-normal">
              {labelWord('normal')} &lt; {two(t1)}
            </span>
            <span className="label-review">{labelWord('review')}</span>
            <span className="label-anomalous">
              {labelWord('anomalous')} &gt; {two(t2)}
            </span>
          </p>
        </div>
      )}
    </Field>
  );
}
