/** Makes a kind of part: its name and the defects the agent is asked about. */
import { useState } from 'react';
import { saveCategory } from '../../state/actions/library.ts';
import { chooseCategory } from '../../state/actions/settings.ts';
import { useStudio } from '../../state/useStudio.ts';

export function CategoryForm({ onDone }: { readonly onDone: () => void }) {
  const context = useStudio();
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
      <h3>New kind of part</h3>
      <label>
        Name
        <input
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          placeholder="for example: bearing cap"
          required
          maxLength={60}
          autoFocus
        />
      </label>
      <label>
        Defects to look for, separated by commas
        <textarea
          value={types}
          onChange={(event) => setTypes(event.currentTarget.value)}
          placeholder="may stay empty: the agent then only says “defect”"
          rows={3}
        />
      </label>
      <p>The same list is used for every photo of this part, good or bad.</p>
      <button type="submit" className="button button-primary" disabled={name.trim() === ''}>
        Create, then add good parts
      </button>
    </form>
  );
}
