/** The recipe that the next inspection is made with, its version and how it stands; opens it. */
import { CircleCheck, CircleDashed, Clock3, FlaskConical } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { showLibraryTab } from '../../state/actions/view.ts';
import { standingOf } from '../../state/recipes.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';

const ICONS = {
  unvalidated: <CircleDashed size={15} />,
  provisional: <FlaskConical size={15} />,
  stale: <Clock3 size={15} />,
  validated: <CircleCheck size={15} />,
} as const;

export function RecipeChip({ recipe }: { readonly recipe: Recipe }) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const exemplars = useStudioState((state) => state.exemplars);
  const engine = useStudioState((state) => state.engine);
  const { state } = useMemo(() => standingOf({ exemplars, engine }, recipe), [recipe, exemplars, engine]);
  return (
    <button
      type="button"
      className={`part-recipe part-recipe-${state}`}
      title={t('chip', { name: recipe.name, version: recipe.version, standing: t(`standing.${state}`) })}
      onClick={() => showLibraryTab(context, 'recipe')}
    >
      {ICONS[state]}
      <span>{t('named', { name: recipe.name, version: recipe.version })}</span>
    </button>
  );
}
