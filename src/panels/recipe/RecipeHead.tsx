/** Name and version of the recipe, the other recipes of its kind, and what can be done with it as a whole. */
import { Copy, Download, FileInput, Trash2 } from 'lucide-react';
import { useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { chooseRecipe, deleteRecipe, duplicateRecipe } from '../../state/actions/recipes.ts';
import { openRecipeFile, saveRecipeFile } from '../../state/actions/recipeFile.ts';
import { showLibraryTab } from '../../state/actions/view.ts';
import { recipesOf, type RecipeContent } from '../../state/recipes.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import type { Edit } from './RecipeTab.tsx';

export function RecipeHead(props: {
  readonly category: string;
  readonly recipe: Recipe | null;
  readonly content: RecipeContent;
  readonly onEdit: Edit;
}) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const { category, recipe, content, onEdit } = props;
  const recipes = useStudioState((state) => state.recipes);
  const others = useMemo(() => recipesOf({ recipes }, category), [recipes, category]);
  return (
    <header className="recipe-head">
      <label className="recipe-name">
        <span className="visually-hidden">{t('name')}</span>
        <input
          value={content.name}
          maxLength={80}
          onChange={(event) => onEdit({ name: event.currentTarget.value }, true)}
          onBlur={() => content.name.trim() === '' && onEdit({ name: category })}
        />
      </label>
      {recipe && (
        <button
          type="button"
          className="recipe-version"
          title={t('versionNote')}
          onClick={() => showLibraryTab(context, 'versions')}
        >
          {t('version', { version: recipe.version })}
        </button>
      )}
      {others.length > 1 && recipe && (
        <label className="recipe-others">
          <span>{t('inUse')}</span>
          <select
            value={recipe.id}
            onChange={(event) => void chooseRecipe(context, category, event.currentTarget.value)}
          >
            {others.map(({ id, name, version }) => (
              <option key={id} value={id}>
                {t('named', { name, version })}
              </option>
            ))}
          </select>
        </label>
      )}
      <span className="recipe-actions">
        <OpenFile />
        <button
          type="button"
          className="button"
          title={t('saveNote')}
          onClick={() => void saveRecipeFile(context, category)}
        >
          <Download size={15} /> {t('save')}
        </button>
        {recipe && (
          <>
            <button
              type="button"
              className="button"
              title={t('duplicateNote')}
              onClick={() => void duplicateRecipe(context, recipe.id)}
            >
              <Copy size={15} /> {t('duplicate')}
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={t('delete', { name: recipe.name })}
              title={t('delete', { name: recipe.name })}
              onClick={() => void deleteRecipe(context, recipe.id)}
            >
              <Trash2 size={16} />
            </button>
          </>
        )}
      </span>
    </header>
  );
}

function OpenFile() {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const input = useRef<HTMLInputElement>(null);
  const open = async (files: readonly File[]) => {
    for (const file of files) await openRecipeFile(context, file);
  };
  return (
    <>
      <button type="button" className="button" onClick={() => input.current?.click()}>
        <FileInput size={15} /> {t('open')}
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".agentiad-recipe,.json"
        aria-label={t('file')}
        onChange={(event) => {
          void open([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = '';
        }}
      />
    </>
  );
}
