/** The recipe in use for a kind of part: everything that decides how it is inspected. Each change is kept at once. */
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { editRecipe, type RecipeChange } from '../../state/actions/recipes.ts';
import { showLibraryTab } from '../../state/actions/view.ts';
import { contentOf, defaultContent, recipeFor, type RecipeContent } from '../../state/recipes.ts';
import { exemplarsOf } from '../../state/studioState.ts';
import { settingOf } from '../../state/thresholds.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { AreasEditor } from './areas/AreasEditor.tsx';
import { DetailField } from './DetailField.tsx';
import { Field } from './Field.tsx';
import { ModelField } from './ModelField.tsx';
import { NamePatternField } from './NamePatternField.tsx';
import { RecipeHead } from './RecipeHead.tsx';
import { Standing } from './Standing.tsx';
import { ThresholdsField } from './ThresholdsField.tsx';
import { ToolsField } from './ToolsField.tsx';
import { TriageField } from './TriageField.tsx';
import { TypesField } from './TypesField.tsx';
import './recipe.css';

/** Changes the recipe; `typing`: more may follow at once. */
export type Edit = (change: RecipeChange, typing?: boolean) => void;

export function RecipeTab({ category }: { readonly category: string }) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const recipe = useStudioState((state) => recipeFor(state, category));
  const content = useContent(category);
  const all = useStudioState((state) => state.exemplars);
  const exemplars = useMemo(() => exemplarsOf({ exemplars: all }, category), [all, category]);
  if (!content) return null;
  const edit: Edit = (change, typing = false) => void editRecipe(context, category, change, { typing });
  return (
    <div className="recipe">
      <RecipeHead category={category} recipe={recipe} content={content} onEdit={edit} />
      <Standing category={category} recipe={recipe} />
      <div className="recipe-columns">
        <div className="recipe-form">
          <Field name={t('types.name')} note={t('types.note')}>
            {(id) => <TypesField id={id} types={content.types} onChange={(types) => edit({ types })} />}
          </Field>
          <Field name={t('specification.name')} note={t('specification.note')}>
            {(id) => (
              <textarea
                id={id}
                rows={4}
                maxLength={4000}
                placeholder={t('specification.example')}
                value={content.specification}
                onChange={(event) => edit({ specification: event.currentTarget.value }, true)}
              />
            )}
          </Field>
          <ToolsField content={content} hasGoodParts={exemplars.some(({ enabled }) => enabled)} onEdit={edit} />
          <ThresholdsField category={category} />
          <TriageField triage={content.triage} />
          <ModelField content={content} onEdit={edit} />
          <Field name={t('detail.name')} note={t('detail.note')}>
            {(id) => <DetailField id={id} pixelCap={content.pixelCap} onChange={(pixelCap) => edit({ pixelCap })} />}
          </Field>
          <NamePatternField category={category} pattern={content.namePattern} onEdit={edit} />
        </div>
        <section className="recipe-areas" aria-label={t('areas.title')}>
          <h3>{t('areas.title')}</h3>
          <p className="recipe-note">{t('areas.note')}</p>
          {exemplars.length > 0 ? (
            <AreasEditor exemplars={exemplars} areas={content.areas} onChange={(areas) => edit({ areas })} />
          ) : (
            <p className="recipe-empty">
              {t('areas.none')}{' '}
              <button type="button" className="link" onClick={() => showLibraryTab(context, 'exemplars')}>
                {t('areas.add')}
              </button>
            </p>
          )}
        </section>
      </div>
    </div>
  );
}

/** Of the recipe, or of the one that the first change will make. */
function useContent(category: string): RecipeContent | null {
  const recipe = useStudioState((state) => recipeFor(state, category));
  const known = useStudioState((state) => state.categories.find(({ name }) => name === category));
  const thresholds = useStudioState((state) => settingOf(state, category));
  const mode = useStudioState((state) => state.mode);
  return useMemo(() => {
    if (recipe) return contentOf(recipe);
    return known ? defaultContent(known, thresholds, [], mode ?? undefined) : null;
  }, [recipe, known, thresholds, mode]);
}
