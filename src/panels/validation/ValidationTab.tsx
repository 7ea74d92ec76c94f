/** Proving the recipe of a kind of part on images of known truth; only here a recipe becomes validated. */
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { readLabelled } from '../../state/actions/labelled.ts';
import { readValidation } from '../../state/actions/validate.ts';
import { recipeFor } from '../../state/recipes.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { measuredOf, validationOf } from '../../state/validations.ts';
import { Standing } from '../recipe/Standing.tsx';
import { FastPathSection } from './FastPath.tsx';
import { LabelledImages } from './LabelledImages.tsx';
import { Results } from './Results.tsx';
import { RunBar } from './RunBar.tsx';
import '../recipe/recipe.css';
import './validation.css';

export function ValidationTab({ category }: { readonly category: string }) {
  const context = useStudio();
  const { t } = useTranslation('validation');
  const recipe = useStudioState((state) => recipeFor(state, category));
  const recipeId = recipe?.id ?? null;
  const labelled = useStudioState((state) => state.labelled[category]);
  const validation = useStudioState((state) => validationOf(state, category));
  // A folder taken in may have brought labelled images.
  const importing = useStudioState((state) => state.importing?.stage ?? null);
  useEffect(() => void readLabelled(context, category), [context, category, importing]);
  useEffect(() => void readValidation(context, category), [context, category, recipeId]);
  const measured = useMemo(
    () => (validation && recipe && labelled ? measuredOf(validation, recipe, labelled) : null),
    [validation, recipe, labelled],
  );
  if (!labelled) return null;
  return (
    <div className="validation">
      <Standing category={category} recipe={recipe} isThere />
      <section className="validation-section" aria-labelledby="validation-images">
        <h3 id="validation-images">{t('images.title')}</h3>
        <p className="validation-note">{t('images.note')}</p>
        <LabelledImages category={category} labelled={labelled} />
        <RunBar category={category} labelled={labelled} validation={validation} />
      </section>
      {recipe && validation && measured && measured.cases.length > 0 ? (
        <Results category={category} recipe={recipe} validation={validation} {...measured} />
      ) : (
        <FastPathSection />
      )}
    </div>
  );
}
