/** How file names tell part, lot, station and operator, tried on the names seen last. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { readNamePattern } from '@agentiad/core/protocol/namePattern.ts';
import type { PartFields } from '@agentiad/core/protocol/verdict.ts';
import { problemOf } from '../../runtime/messages.ts';
import { PART_FIELDS } from '../../state/partFields.ts';
import { useStudioState } from '../../state/useStudio.ts';
import { Field } from './Field.tsx';
import type { Edit } from './RecipeTab.tsx';

const SHOWN = 4;
/** Field names are the same in every language. */
const EXAMPLE = '{part}_{lot}';

type Tried = { readonly read: (name: string) => PartFields } | { readonly reason: string };

export function NamePatternField(props: {
  readonly category: string;
  readonly pattern: string | null;
  readonly onEdit: Edit;
}) {
  const { t } = useTranslation('recipe');
  const { category, pattern, onEdit } = props;
  // What is typed and is no pattern yet stays here: the recipe keeps the last one that was.
  const [typed, setTyped] = useState<{ readonly from: string | null; readonly text: string } | null>(null);
  const text = typed?.from === pattern ? typed.text : (pattern ?? '');
  const history = useStudioState((state) => state.history);
  const exemplars = useStudioState((state) => state.exemplars);
  const names = useMemo(() => {
    const all = [...history, ...exemplars].filter((image) => image.category === category).map(({ name }) => name);
    return [...new Set(all)].slice(0, SHOWN);
  }, [history, exemplars, category]);
  const tried = useMemo((): Tried | null => (text.trim() === '' ? null : tryPattern(text)), [text]);
  const type = (next: string) => {
    const isPattern = next.trim() === '' || 'read' in tryPattern(next);
    const kept = next.trim() === '' ? null : next;
    setTyped({ from: isPattern ? kept : pattern, text: next });
    if (isPattern) onEdit({ namePattern: kept }, true);
  };
  return (
    <Field name={t('pattern.name')} note={t('pattern.note')}>
      {(id) => (
        <>
          <input
            id={id}
            className="recipe-pattern"
            spellCheck={false}
            autoComplete="off"
            placeholder={EXAMPLE}
            value={text}
            aria-invalid={tried !== null && 'reason' in tried}
            onChange={(event) => type(event.currentTarget.value)}
          />
          {tried && 'reason' in tried && (
            <p className="recipe-invalid" role="status">
              {tried.reason}
            </p>
          )}
          {tried && 'read' in tried && <Preview names={names} read={tried.read} />}
        </>
      )}
    </Field>
  );
}

function Preview({ names, read }: { readonly names: readonly string[]; readonly read: (name: string) => PartFields }) {
  const { t } = useTranslation('recipe');
  if (names.length === 0) return <p className="recipe-note">{t('pattern.noNames')}</p>;
  return (
    <ul className="recipe-preview" aria-label={t('pattern.preview')}>
      {names.map((name) => {
        const fields = read(name);
        const told = PART_FIELDS.flatMap((field) => (fields[field] === null ? [] : [{ field, value: fields[field] }]));
        return (
          <li key={name}>
            <span title={name}>{name}</span>
            {told.length === 0 ? (
              <em>{t('pattern.unfit')}</em>
            ) : (
              told.map(({ field, value }) => (
                <span key={field} className="recipe-told">
                  {t(`part.${field}`)} <strong>{value}</strong>
                </span>
              ))
            )}
          </li>
        );
      })}
    </ul>
  );
}

function tryPattern(pattern: string): Tried {
  try {
    return { read: readNamePattern(pattern) };
  } catch (error) {
    const { reason, remedy } = problemOf(error, pattern);
    return { reason: `${reason} ${remedy}` };
  }
}
