/** The model the recipe is made for, and what to do when another one is loaded. */
import { CircleAlert } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { chooseModel, openModels, readModels } from '../../state/actions/models.ts';
import { findModel, otherModel, type RecipeContent } from '../../state/recipes.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { Field } from './Field.tsx';
import type { Edit } from './RecipeTab.tsx';

const ANY = '';

export function ModelField({ content, onEdit }: { readonly content: RecipeContent; readonly onEdit: Edit }) {
  const { t } = useTranslation('recipe');
  const engine = useStudioState((state) => state.engine);
  const { modelId, modelSha256 } = content;
  const loaded = engine.state === 'ready' ? engine.info.card : null;
  const choose = (sha256: string) => {
    if (sha256 === ANY) onEdit({ modelId: null, modelSha256: null });
    else if (loaded?.sha256 === sha256) onEdit({ modelId: loaded.id, modelSha256: sha256 });
  };
  return (
    <Field name={t('model.name')} note={modelSha256 === null ? t('model.anyNote') : undefined}>
      {(id) => (
        <>
          <select id={id} value={modelSha256 ?? ANY} onChange={(event) => choose(event.currentTarget.value)}>
            <option value={ANY}>{t('model.any')}</option>
            {loaded && <option value={loaded.sha256}>{t('model.only', { name: loaded.name })}</option>}
            {modelSha256 !== null && modelSha256 !== loaded?.sha256 && (
              <option value={modelSha256}>{t('model.only', { name: modelId ?? modelSha256.slice(0, 12) })}</option>
            )}
          </select>
          <OtherModel content={content} onEdit={onEdit} />
        </>
      )}
    </Field>
  );
}

function OtherModel({ content, onEdit }: { readonly content: RecipeContent; readonly onEdit: Edit }) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const engine = useStudioState((state) => state.engine);
  const models = useStudioState((state) => state.models);
  const other = otherModel({ engine }, content);
  const isOther = other !== null;
  useEffect(() => {
    if (isOther) void readModels(context);
  }, [context, isOther]);
  if (!other || engine.state !== 'ready') return null;
  const found = findModel({ models }, content);
  const { card } = engine.info;
  return (
    <div className="recipe-other-model" role="status">
      <CircleAlert size={16} />
      <p>
        {t('model.other', other)} {found === null && models.stored !== null && t('model.missing')}
      </p>
      <span>
        {found !== null && (
          <button type="button" className="button button-primary" onClick={() => void chooseModel(context, found.id)}>
            {t('model.load', { name: other.wanted })}
          </button>
        )}
        {found === null && models.stored !== null && (
          <button type="button" className="button" onClick={() => openModels(context)}>
            {t('model.get')}
          </button>
        )}
        <button
          type="button"
          className="button"
          title={t('model.useNote')}
          onClick={() => onEdit({ modelId: card.id, modelSha256: card.sha256 })}
        >
          {t('model.use', { name: other.loaded })}
        </button>
      </span>
    </div>
  );
}
