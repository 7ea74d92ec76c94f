/** Makes a kind of part: its name and the defects the agent is asked about. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { saveCategory } from '../../state/actions/library.ts';
import { chooseCategory } from '../../state/actions/settings.ts';
import { FolderButton } from './FolderButton.tsx';
import { useStudio } from '../../state/useStudio.ts';

export function CategoryForm({ onDone }: { readonly onDone: () => void }) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const [name, setName] = useState('');
  const [types, setTypes] = useState('');
  const save = async () => {
    const saved = await saveCategory(context, { name, types: types.split(',') });
    if (saved === null) return;
    chooseCategory(context, saved);
    onDone();
  };
  return (
    <form
      className="category-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h3>{t('newKind')}</h3>
      <label>
        {t('name')}
        <input
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          placeholder={t('nameExample')}
          required
          maxLength={60}
          autoFocus
        />
      </label>
      <label>
        {t('defects')}
        <textarea
          value={types}
          onChange={(event) => setTypes(event.currentTarget.value)}
          placeholder={t('defectsExample')}
          rows={3}
        />
      </label>
      <p>{t('defectsNote')}</p>
      <button type="submit" className="button button-primary" disabled={name.trim() === ''}>
        {t('create')}
      </button>
      <div className="category-folder">
        <p>{t('orFolder')}</p>
        <FolderButton category={null} onTaken={onDone} />
      </div>
    </form>
  );
}
