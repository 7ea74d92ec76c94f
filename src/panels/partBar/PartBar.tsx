/** The line over the stage: which part, as what it is inspected, how the agent works, and inspecting again. */
import { RotateCw } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { MODE_NAMES, type Mode } from '@agentiad/core/protocol/modes.ts';
import { inspectAgain } from '../../state/actions/inspect.ts';
import { chooseMode } from '../../state/actions/settings.ts';
import { expectedSecondsFor } from '../../state/expectedTime.ts';
import { recipeFor } from '../../state/recipes.ts';
import { comparesIn, enabledExemplars, modeFor } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { durationWords, modeMeaning, modeName } from '../../state/words.ts';
import { CategoryPicker } from '../CategoryPicker.tsx';
import { PartFieldsChip } from './PartFieldsChip.tsx';
import { RecipeChip } from './RecipeChip.tsx';
import './partBar.css';

export function PartBar() {
  const context = useStudio();
  const { t } = useTranslation('library');
  const current = useStudioState((state) => state.current);
  const mode = useStudioState((state) => modeFor(state, state.category));
  const count = useStudioState((state) => enabledExemplars(state, state.category).length);
  const recipe = useStudioState((state) => recipeFor(state, state.category));
  const seconds = useStudioState((state) => expectedSecondsFor(state, state.category, state.current?.size ?? null));
  if (!current) return null;
  const isOpen = current.activity === 'open';
  return (
    <div className="part-bar">
      <p className="part-name" title={current.name}>
        <strong>{current.name}</strong>
        <span>
          {current.size.width} × {current.size.height}
        </span>
      </p>
      <PartFieldsChip current={current} />
      <CategoryPicker />
      {recipe ? (
        <RecipeChip recipe={recipe} />
      ) : (
        <label className="part-mode">
          <span className="visually-hidden">{t('mode')}</span>
          <select
            value={mode}
            title={modeMeaning(mode)}
            onChange={(event) => chooseMode(context, event.currentTarget.value as Mode)}
          >
            {MODE_NAMES.map((name) => (
              <option key={name} value={name} disabled={count === 0 && comparesIn(name)}>
                {modeName(name)}
              </option>
            ))}
          </select>
        </label>
      )}
      <button
        type="button"
        className="button part-again"
        aria-label={t('again')}
        title={seconds === null ? undefined : t('againAbout', { time: durationWords(seconds) })}
        disabled={!isOpen || !current.hasFile}
        onClick={() => void inspectAgain(context)}
      >
        <RotateCw size={15} />
        <span>{t('again')}</span>
      </button>
    </div>
  );
}
