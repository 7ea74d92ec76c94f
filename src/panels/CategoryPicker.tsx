/** As what a photo is inspected, and the good parts of that kind. */
import { Images } from 'lucide-react';
import { Trans, useTranslation } from 'react-i18next';
import { chooseCategory } from '../state/actions/settings.ts';
import { exemplarsOf } from '../state/studioState.ts';
import { useStudio, useStudioState } from '../state/useStudio.ts';
import './categoryPicker.css';

/** Not a possible name: names are trimmed. */
const NEW = ' new ';

export function CategoryPicker() {
  const context = useStudio();
  const { t } = useTranslation('library');
  const categories = useStudioState((state) => state.categories);
  const category = useStudioState((state) => state.category);
  const count = useStudioState((state) => exemplarsOf(state, state.category).length);
  const openLibrary = () => context.store.setState({ drawer: 'library' });
  const choose = (value: string) => {
    chooseCategory(context, value === '' || value === NEW ? null : value);
    if (value === NEW) openLibrary();
  };
  return (
    <div className="category">
      <label>
        <span>{t('kind')}</span>
        <select aria-label={t('kind')} value={category ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
          <option value="">{t('unsorted')}</option>
          {categories.map((known) => (
            <option key={known.name} value={known.name}>
              {known.name}
            </option>
          ))}
          <option value={NEW}>{t('newKindOption')}</option>
        </select>
      </label>
      <button type="button" className={count === 0 ? 'button category-add' : 'button'} onClick={openLibrary}>
        <Images size={15} />
        {count === 0 ? (
          <span>
            <Trans i18nKey="library:addFew" components={{ many: <span className="category-many" /> }} />
          </span>
        ) : (
          t('parts', { count })
        )}
      </button>
    </div>
  );
}
