/** The defects the agent is asked about, as chips: Enter or a comma adds one, Backspace in the empty field takes the last. */
import { X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { typeWords } from '../../state/words.ts';

export function TypesField(props: {
  readonly id: string;
  readonly types: readonly string[];
  readonly onChange: (types: readonly string[]) => void;
}) {
  const { t } = useTranslation('recipe');
  const { types, onChange } = props;
  const [text, setText] = useState('');
  const add = () => {
    const added = text.split(/[,，、]/).map((type) => type.trim());
    setText('');
    const next = [...new Set([...types, ...added.filter((type) => type !== '')])];
    if (next.length > types.length) onChange(next);
  };
  return (
    <div className="recipe-types">
      {types.map((type) => (
        <span key={type} className="recipe-type">
          {typeWords(type)}
          <button
            type="button"
            aria-label={t('types.remove', { type: typeWords(type) })}
            onClick={() => onChange(types.filter((other) => other !== type))}
          >
            <X size={12} />
          </button>
        </span>
      ))}
      <input
        id={props.id}
        value={text}
        maxLength={60}
        placeholder={types.length === 0 ? t('types.example') : t('types.add')}
        onChange={(event) => setText(event.currentTarget.value)}
        onBlur={add}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Enter' || event.key === ',') {
            event.preventDefault();
            add();
          } else if (event.key === 'Backspace' && text === '' && types.length > 0) onChange(types.slice(0, -1));
        }}
      />
    </div>
  );
}
