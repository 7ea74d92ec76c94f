/** A recipe file that was opened: what taking it in would do, and the ways to do it. Nothing has changed yet. */
import * as Dialog from '@radix-ui/react-dialog';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { formatDate } from '../../i18n/words.ts';
import { dropRecipeOffer, takeRecipeOffer } from '../../state/actions/recipeFile.ts';
import { planOf, type RecipeClash, type RecipeOffer } from '../../state/recipeOffer.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import './recipeOffer.css';

type How = Parameters<typeof takeRecipeOffer>[1];

/** The first one is meant for most. */
const WAYS: Readonly<Record<RecipeClash, readonly How[]>> = {
  new: ['as-is'],
  same: ['as-is'],
  later: ['as-is', 'copy'],
  earlier: ['version', 'copy'],
  conflict: ['copy', 'version'],
};

export function RecipeOfferDialog({ offer }: { readonly offer: RecipeOffer }) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const state = useStudioState((whole) => whole);
  const [versions, setVersions] = useState<readonly Recipe[] | null>(null);
  const { recipe } = offer;
  useEffect(() => {
    context.storage.listRecipeVersions(recipe.id).then(setVersions, () => setVersions([]));
  }, [context, recipe.id]);
  const { categories, recipes, exemplars, engine, models } = state;
  const plan = useMemo(
    () => versions && planOf({ categories, recipes, exemplars, engine, models }, offer, versions),
    [categories, recipes, exemplars, engine, models, offer, versions],
  );
  if (!plan) return null;
  const isOtherKind =
    plan.clash === 'conflict' && recipes.find(({ id }) => id === recipe.id)?.category !== recipe.category;
  const ways = WAYS[plan.clash].filter((way) => way !== 'version' || !isOtherKind);
  const { added, known, switchedOn } = plan.exemplars;
  return (
    <Dialog.Root open onOpenChange={(open) => !open && dropRecipeOffer(context)}>
      <Dialog.Portal>
        <Dialog.Overlay className="drawer-overlay" />
        <Dialog.Content className="recipe-offer">
          <Dialog.Title>{t('offer.title', { name: recipe.name, version: recipe.version })}</Dialog.Title>
          <Dialog.Description>{t('offer.from', { file: offer.fileName })}</Dialog.Description>
          <ul>
            <li>{t(plan.isNewKind ? 'offer.newKind' : 'offer.kind', { category: recipe.category })}</li>
            <li>{t(`offer.clash.${plan.clash}`, { version: recipe.version, here: plan.versionHere })}</li>
            <li>{t('offer.exemplars', { count: recipe.exemplarSha256.length, added, known })}</li>
            {switchedOn > 0 && <li>{t('offer.switchedOn', { count: switchedOn })}</li>}
            {plan.missing > 0 && <li className="recipe-offer-bad">{t('offer.missing', { count: plan.missing })}</li>}
            <li className={plan.model === 'missing' ? 'recipe-offer-bad' : ''}>
              {t(`offer.model.${plan.model}`, { model: recipe.modelId ?? recipe.modelSha256?.slice(0, 12) })}
            </li>
            <li>
              {recipe.validation
                ? t(`offer.${recipe.validation.status}`, {
                    count: recipe.validation.n,
                    date: formatDate(new Date(recipe.validation.date)),
                  })
                : t('offer.unvalidated')}
            </li>
          </ul>
          <p className="recipe-note">{t('offer.note')}</p>
          <div className="recipe-offer-actions">
            {ways.map((way, index) => (
              <button
                key={way}
                type="button"
                className={index === 0 ? 'button button-primary' : 'button'}
                onClick={() => void takeRecipeOffer(context, way)}
              >
                {t(`offer.take.${way}`, { version: (plan.versionHere ?? 0) + 1 })}
              </button>
            ))}
            <Dialog.Close className="button">{t('offer.leave')}</Dialog.Close>
          </div>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
