/** Images that wait for their inspection. */
import { X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { inspectQueued, removeQueued } from '../../state/actions/intake.ts';
import { expectedSecondsOfQueue } from '../../state/expectedTime.ts';
import { recipeById, recipeFor } from '../../state/recipes.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { durationWords } from '../../state/words.ts';
import type { QueueRecord } from '../../storage/schema.ts';
import { Thumb } from '../Thumb.tsx';
import './queue.css';

export function QueueStrip() {
  const context = useStudio();
  const { t } = useTranslation('queue');
  const queue = useStudioState((state) => state.queue);
  const busy = useStudioState((state) => state.inspecting !== null);
  const categories = useStudioState((state) => state.categories);
  const recipes = useStudioState((state) => state.recipes);
  const seconds = useStudioState((state) => expectedSecondsOfQueue(state, state.queue));
  if (queue.length === 0) return null;
  /** The recipe it will be inspected with, as that is now. */
  const recipeWords = ({ category, recipe: named }: QueueRecord): readonly string[] => {
    const kinds = { categories, recipes };
    const recipe = recipeById(kinds, category, named?.id ?? null) ?? recipeFor(kinds, category);
    return recipe ? [t('recipe:named', { name: recipe.name, version: recipe.version })] : [];
  };
  return (
    <section className="queue" aria-label={t('title')}>
      <span className="queue-title">
        {t('waiting', { count: queue.length })}
        {seconds !== null && t('about', { time: durationWords(seconds) })}
      </span>
      <ul>
        {queue.map((item) => (
          <li key={item.id}>
            <button
              type="button"
              title={[t('inspect', { name: item.name }), ...recipeWords(item)].join(' · ')}
              disabled={busy}
              onClick={() => void inspectQueued(context, item.id)}
            >
              <Thumb sha256={item.sha256} alt={t('inspect', { name: item.name })} />
            </button>
            <button
              type="button"
              className="queue-remove"
              aria-label={t('remove', { name: item.name })}
              onClick={() => void removeQueued(context, item.id)}
            >
              <X size={11} />
            </button>
          </li>
        ))}
      </ul>
      <button type="button" className="button" disabled={busy} onClick={() => void inspectQueued(context)}>
        {t('next')}
      </button>
    </section>
  );
}
