/** The versions of the recipe in use, newest first: what each changed, how it stood, and taking one up again. */
import { RotateCcw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Recipe } from '@agentiad/core/protocol/recipe.ts';
import { formatDate, formatNumber, word } from '../../i18n/words.ts';
import { restoreVersion } from '../../state/actions/recipes.ts';
import { guarded } from '../../state/context.ts';
import { recipeFor } from '../../state/recipes.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { modeName, typeWords } from '../../state/words.ts';
import { versionChanges, type Wording } from './versionChanges.ts';
import './recipe.css';

const WORDING: Wording = {
  number: (value) => formatNumber(value, { maximumFractionDigits: 2 }),
  mode: modeName,
  type: typeWords,
  tool: (tool) => word(`recipe:tool.${tool}.name`),
};

export function VersionsTab({ category }: { readonly category: string }) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const recipe = useStudioState((state) => recipeFor(state, category));
  const [stored, setStored] = useState<readonly Recipe[]>([]);
  useEffect(() => {
    if (!recipe) return;
    let isGone = false;
    void guarded(context, recipe.name, () => context.storage.listRecipeVersions(recipe.id)).then((found) => {
      if (!isGone && found) setStored(found);
    });
    return () => {
      isGone = true;
    };
  }, [context, recipe]);
  if (!recipe) return <p className="versions-none">{t('versions.none')}</p>;
  // The newest may not be stored yet.
  const older = stored.filter(({ id, version }) => id === recipe.id && version < recipe.version);
  const versions = [...older, recipe];
  return (
    <div className="versions">
      <p className="recipe-note">{t('versions.note')}</p>
      <ol aria-label={t('versions.title')} reversed>
        {versions.toReversed().map((version) => {
          const before = versions.find((other) => other.version === version.version - 1);
          const isNewest = version.version === recipe.version;
          return (
            <li key={version.version} className={isNewest ? 'version version-newest' : 'version'}>
              <span className="version-number">{t('version', { version: version.version })}</span>
              <div>
                <p>
                  <strong>{formatDate(new Date(version.saved))}</strong>
                  {isNewest && <span className="version-now">{t('versions.now')}</span>}
                  {version.validation && (
                    <span className="version-now">
                      {t(`versions.${version.validation.stale ? 'stale' : version.validation.status}`)}
                    </span>
                  )}
                </p>
                <Changes before={before} version={version} />
              </div>
              {!isNewest && (
                <button
                  type="button"
                  className="button"
                  onClick={() => void restoreVersion(context, recipe.id, version.version)}
                >
                  <RotateCcw size={14} /> {t('versions.restore')}
                </button>
              )}
            </li>
          );
        })}
      </ol>
    </div>
  );
}

function Changes({ before, version }: { readonly before: Recipe | undefined; readonly version: Recipe }) {
  const { t } = useTranslation('recipe');
  if (!before) return <p className="recipe-note">{t(version.version === 1 ? 'versions.first' : 'versions.gap')}</p>;
  const changes = versionChanges(before, version, WORDING);
  if (changes.length === 0) return <p className="recipe-note">{t('versions.nothing')}</p>;
  return (
    <ul className="version-changes">
      {changes.map(({ field, word: key, values }) => (
        <li key={`${field} ${key}`}>{t(`diff.${key}`, values)}</li>
      ))}
    </ul>
  );
}
