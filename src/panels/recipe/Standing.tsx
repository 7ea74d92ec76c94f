/** How far the recipe's verdicts may be relied on, why, and what to do about it. */
import { CircleCheck, CircleDashed, Clock3, FlaskConical } from 'lucide-react';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rate, Recipe } from '@agentiad/core/protocol/recipe.ts';
import { sentenceInWords } from '../../i18n/sentences.ts';
import { formatDate, formatShare } from '../../i18n/words.ts';
import { showLibraryTab } from '../../state/actions/view.ts';
import { standingOf, type RecipeStanding } from '../../state/recipes.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { mostShare } from '../../state/validationFigures.ts';

const ICONS = {
  none: <CircleDashed size={17} />,
  unvalidated: <CircleDashed size={17} />,
  provisional: <FlaskConical size={17} />,
  stale: <Clock3 size={17} />,
  validated: <CircleCheck size={17} />,
} as const;

export function Standing(props: {
  readonly category: string;
  readonly recipe: Recipe | null;
  /** On the validation's own page there is nowhere to go. */
  readonly isThere?: boolean;
}) {
  const { category, recipe, isThere = false } = props;
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const exemplars = useStudioState((state) => state.exemplars);
  const engine = useStudioState((state) => state.engine);
  const standing = useMemo(() => recipe && standingOf({ exemplars, engine }, recipe), [recipe, exemplars, engine]);
  const state = standing?.state ?? 'none';
  return (
    <div className={`recipe-standing recipe-standing-${state}`} role="status">
      {ICONS[state]}
      <div>
        <p>
          <strong>{t(`standing.${state}`)}</strong> {t(`standing.${state}Note`, { category })}
        </p>
        {standing && <Reasons standing={standing} />}
        {recipe?.validation && (
          <p className="recipe-note">
            {t('standing.figures', {
              date: formatDate(new Date(recipe.validation.date)),
              count: recipe.validation.n,
              escape: rateWords(recipe.validation.escape, t),
              overkill: rateWords(recipe.validation.overkill, t),
            })}
          </p>
        )}
      </div>
      {!isThere && (
        <button
          type="button"
          className={state === 'validated' ? 'button' : 'button button-primary'}
          onClick={() => showLibraryTab(context, 'validation')}
        >
          {t(state === 'validated' ? 'standing.look' : 'standing.validate')}
        </button>
      )}
    </div>
  );
}

function Reasons({ standing }: { readonly standing: RecipeStanding }) {
  const { t } = useTranslation('recipe');
  if (standing.state === 'stale')
    return (
      <ul className="recipe-reasons">
        {standing.changes.map((change) => (
          <li key={change.what}>
            {t(`changed.${change.what}`, 'added' in change ? { added: change.added, removed: change.removed } : {})}
          </li>
        ))}
      </ul>
    );
  if (standing.state !== 'provisional') return null;
  return (
    <ul className="recipe-reasons">
      {standing.reasons.map((reason) => (
        <li key={reason}>{sentenceInWords(reason)}</li>
      ))}
    </ul>
  );
}

function rateWords({ count, of }: Rate, t: TFunction<'recipe'>): string {
  return of === 0 ? t('standing.unknown') : t('standing.rate', { count, of, high: formatShare(mostShare(count, of)) });
}
