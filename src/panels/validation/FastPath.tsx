/** Library match first, the agent only where that is unsure: what it would do here, before it can be switched on. */
import * as Switch from '@radix-ui/react-switch';
import { useId, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Rate, Recipe } from '@agentiad/core/protocol/recipe.ts';
import type { Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { LabelledScore } from '@agentiad/core/validation/labelledScore.ts';
import { suggestTriage, triageEffect } from '@agentiad/core/validation/triage.ts';
import '../../ui/switch.css';
import { formatDuration, formatScore, formatShare } from '../../i18n/words.ts';
import { editRecipe } from '../../state/actions/recipes.ts';
import { writeValidation } from '../../state/actions/writeValidation.ts';
import { librarySeconds, validationOf } from '../../state/validations.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { useLibraryPlace } from './useLibraryPlace.ts';

export function FastPath(props: {
  readonly category: string;
  readonly recipe: Recipe;
  readonly cases: readonly LabelledScore[];
  readonly thresholds: Thresholds;
}) {
  const context = useStudio();
  const { t } = useTranslation('validation');
  const id = useId();
  const { category, recipe, cases, thresholds } = props;
  const outcomes = useStudioState((state) => validationOf(state, category)?.outcomes);
  const known = librarySeconds(outcomes ?? []);
  const seconds = known ?? 0;
  const suggested = useMemo(
    () => suggestTriage(cases, { thresholds, librarySeconds: seconds }),
    [cases, thresholds, seconds],
  );
  const triage = recipe.triage ?? suggested.triage;
  const options = { thresholds, librarySeconds: seconds };
  const off = triageEffect(cases, null, options);
  const on = triageEffect(cases, triage, options);
  const toggle = async (isOn: boolean) => {
    await editRecipe(context, category, { triage: isOn ? triage : null });
    await writeValidation(context, category);
  };
  return (
    <FastPathSection>
      {triage === null ? (
        <p className="validation-note">{t('fast.none')}</p>
      ) : (
        <>
          <p className="validation-note">
            {t('fast.what', {
              low: formatScore(triage.low),
              high: formatScore(triage.high),
              share: formatShare(on.decidedShare),
            })}
          </p>
          <table className="side-by-side fast-effect">
            <thead>
              <tr>
                <th scope="col">
                  <span className="visually-hidden">{t('both.figure')}</span>
                </th>
                <th scope="col">{t('fast.off')}</th>
                <th scope="col">{t('fast.on')}</th>
              </tr>
            </thead>
            <tbody>
              {(['escape', 'overkill', 'review'] as const).map((row) => (
                <tr key={row}>
                  <th scope="row">{t(`both.${row}`)}</th>
                  <td>{rateWords(off[row])}</td>
                  <td>{rateWords(on[row])}</td>
                </tr>
              ))}
              <tr>
                <th scope="row">{t('both.seconds')}</th>
                <td>{formatDuration(on.secondsBefore * 1000)}</td>
                <td>{known === null ? t('both.unknown') : formatDuration(on.secondsAfter * 1000)}</td>
              </tr>
            </tbody>
          </table>
          <label className="fast-switch" htmlFor={id}>
            <Switch.Root
              id={id}
              className="switch"
              checked={recipe.triage !== null}
              onCheckedChange={(isOn) => void toggle(isOn)}
            >
              <Switch.Thumb />
            </Switch.Root>
            {t('fast.switch')}
          </label>
        </>
      )}
    </FastPathSection>
  );

  function rateWords({ rate, count, of }: Rate): string {
    return rate === null ? t('both.unknown') : `${formatShare(rate, 1)} (${count}/${of})`;
  }
}

/** Before anything was inspected there is no effect to show yet, but a place that says so. */
export function FastPathSection({ children }: { readonly children?: ReactNode }) {
  const { t } = useTranslation('validation');
  const title = useId();
  const section = useLibraryPlace('fastPath');
  return (
    <section className="validation-section" ref={section} tabIndex={-1} aria-labelledby={title}>
      <h3 id={title}>{t('fast.title')}</h3>
      {children ?? <p className="validation-note">{t('fast.before')}</p>}
    </section>
  );
}
