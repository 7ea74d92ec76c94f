/** Tags of one or several good parts; a tag that only some of them have says so. */
import { X } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addTag, removeTag } from '../../state/actions/exemplars.ts';
import { useStudio } from '../../state/useStudio.ts';
import type { ExemplarRecord } from '../../storage/schema.ts';

export function Tags({ exemplars }: { readonly exemplars: readonly ExemplarRecord[] }) {
  const context = useStudio();
  const { t } = useTranslation('library');
  const field = useId();
  const [text, setText] = useState('');
  const ids = exemplars.map(({ id }) => id);
  const counts = new Map<string, number>();
  for (const tag of exemplars.flatMap(({ tags }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  const add = () => {
    void addTag(context, ids, text);
    setText('');
  };
  return (
    <div className="tags">
      <label htmlFor={field}>{t('tags')}</label>
      {counts.size > 0 && (
        <ul>
          {[...counts].map(([tag, count]) => (
            <li key={tag}>
              <span>{count === exemplars.length ? tag : `${tag} (${count})`}</span>
              <button
                type="button"
                aria-label={t('removeTag', { tag })}
                onClick={() => void removeTag(context, ids, tag)}
              >
                <X size={12} />
              </button>
            </li>
          ))}
        </ul>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <input
          id={field}
          value={text}
          maxLength={40}
          placeholder={t('addTag')}
          onChange={(event) => setText(event.currentTarget.value)}
          onBlur={add}
        />
      </form>
    </div>
  );
}
