/** As what a photo is inspected, and the good parts of that kind. */
import { Images } from 'lucide-react';
import { chooseCategory } from '../state/actions/settings.ts';
import { exemplarsOf } from '../state/studioState.ts';
import { useStudio, useStudioState } from '../state/useStudio.ts';
import './categoryPicker.css';

/** Not a possible name: names are trimmed. */
const NEW = ' new ';

export function CategoryPicker() {
  const context = useStudio();
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
        <span>Kind of part</span>
        <select
          aria-label="Kind of part"
          value={category ?? ''}
          onChange={(event) => choose(event.currentTarget.value)}
        >
          <option value="">Unsorted</option>
          {categories.map((known) => (
            <option key={known.name} value={known.name}>
              {known.name}
            </option>
          ))}
          <option value={NEW}>New kind of part …</option>
        </select>
      </label>
      <button type="button" className={count === 0 ? 'button category-add' : 'button'} onClick={openLibrary}>
        <Images size={15} />
        {count === 0 ? (
          <span>
            Add <span className="category-many">3 to 10 </span>good parts
          </span>
        ) : (
          `${count} good ${count === 1 ? 'part' : 'parts'}`
        )}
      </button>
    </div>
  );
}
