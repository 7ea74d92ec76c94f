/** Part, lot, station and operator of the image on the stage: told by its name, or typed for its next inspection. */
import { RotateCw, Tag } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { PartFields } from '@agentiad/core/protocol/verdict.ts';
import { inspectAgain } from '../../state/actions/inspect.ts';
import { typePart } from '../../state/actions/partFields.ts';
import { PART_FIELDS, partFieldsFor, toldByName, type PartField } from '../../state/partFields.ts';
import { recipeFor } from '../../state/recipes.ts';
import type { Current } from '../../state/studioState.ts';
import { useStudio, useStudioState } from '../../state/useStudio.ts';
import { ChipPopover } from '../../ui/ChipPopover.tsx';
import './partFields.css';

export function PartFieldsChip({ current }: { readonly current: Current }) {
  const { t } = useTranslation('recipe');
  const made = madeWith(current);
  const shown = made && PART_FIELDS.flatMap((field) => made[field] ?? []).join(' · ');
  return (
    <ChipPopover
      className="part-fields"
      panelClassName="popover part-fields-popover"
      align="start"
      hint={t('part.title')}
      title={t('part.title')}
      trigger={
        <>
          <Tag size={14} />
          <span>{shown || t('part.none')}</span>
        </>
      }
    >
      <Fields current={current} made={made} />
    </ChipPopover>
  );
}

function Fields({ current, made }: { readonly current: Current; readonly made: Partial<PartFields> | null }) {
  const context = useStudio();
  const { t } = useTranslation('recipe');
  const { sha256, name } = current;
  const typed = useStudioState((state) => state.typedPart);
  const recipe = useStudioState((state) => recipeFor(state, state.category));
  const next = partFieldsFor({ typedPart: typed }, { name, sha256 }, recipe);
  const told = toldByName(recipe?.namePattern ?? null, name);
  const valueOf = (field: PartField): string =>
    (field === 'part' || field === 'lot'
      ? typed.image?.sha256 === sha256
        ? typed.image[field]
        : null
      : typed[field]) ?? '';
  const isOther = made !== null && PART_FIELDS.some((field) => (made[field] ?? null) !== next[field]);
  const words = made
    ? PART_FIELDS.filter((field) => made[field]).map((field) => `${t(`part.${field}`)} ${made[field]}`)
    : [];
  return (
    <>
      <h2>{t('part.title')}</h2>
      <div className="part-fields-form">
        {PART_FIELDS.map((field) => (
          <PartInput
            key={field}
            name={t(`part.${field}`)}
            value={valueOf(field)}
            told={told[field]}
            onType={(text) => typePart(context, sha256, field, text)}
          />
        ))}
      </div>
      <p className="part-fields-note">
        {made && (words.length > 0 ? t('part.made', { fields: words.join(', ') }) : t('part.madeWithout'))}{' '}
        {t('part.note')}
      </p>
      {isOther && current.activity === 'open' && current.hasFile && (
        <button type="button" className="button button-primary" onClick={() => void inspectAgain(context)}>
          <RotateCw size={15} /> {t('part.again')}
        </button>
      )}
    </>
  );
}

function PartInput(props: {
  readonly name: string;
  readonly value: string;
  readonly told: string | null;
  readonly onType: (text: string) => void;
}) {
  const { t } = useTranslation('recipe');
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{props.name}</label>
      <input
        id={id}
        value={props.value}
        maxLength={80}
        autoComplete="off"
        placeholder={props.told ?? ''}
        aria-describedby={props.told === null ? undefined : `${id}-told`}
        onChange={(event) => props.onType(event.currentTarget.value)}
      />
      {props.told !== null && (
        <small id={`${id}-told`}>
          <strong>{props.told}</strong> {t('part.fromName')}
        </small>
      )}
    </div>
  );
}

/** What is in the verdict, or will be; null while nothing was asked. */
function madeWith({ trace, askedFor }: Current): Partial<PartFields> | null {
  return trace?.verdict.part ?? askedFor?.part ?? null;
}
