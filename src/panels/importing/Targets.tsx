/** Which kind of part each kind in the folder becomes, and which are taken. */
import type { ImportPlan } from '@agentiad/core/layouts/importPlan.ts';
import { useTranslation } from 'react-i18next';
import { targetKey, type ImportChoices } from '../../state/importState.ts';
import { useStudioState } from '../../state/useStudio.ts';

export function Targets(props: {
  readonly plan: ImportPlan;
  readonly choices: ImportChoices;
  readonly onChoose: (change: Partial<ImportChoices>) => void;
}) {
  const { t } = useTranslation('importing');
  const categories = useStudioState((state) => state.categories);
  const { targets } = props.choices;
  const names = Object.keys(targets);
  if (names.length === 0) return null;
  const count = (name: string, role: 'good' | 'labelled') =>
    props.plan.groups.reduce(
      (sum, group) =>
        group.role !== 'skipped' && group.role === role && targetKey(group.category) === name
          ? sum + group.paths.length
          : sum,
      0,
    );
  const change = (name: string, target: Partial<ImportChoices['targets'][string]>) =>
    props.onChoose({ targets: { ...targets, [name]: { ...targets[name]!, ...target } } });
  return (
    <fieldset className="targets">
      <legend>{t('kinds')}</legend>
      <ul>
        {names.map((name) => {
          const { takes, category } = targets[name]!;
          const shown = name === '' ? t('noName') : name;
          const options = new Set([...categories.map((known) => known.name), ...(name === '' ? [] : [name]), category]);
          const isNew = (option: string) => !categories.some((known) => known.name === option);
          return (
            <li key={name}>
              <label className="importing-check">
                <input
                  type="checkbox"
                  aria-label={t('takeKind', { name: shown })}
                  checked={takes}
                  onChange={(event) => change(name, { takes: event.currentTarget.checked })}
                />
                <strong>{shown}</strong>
              </label>
              <span aria-hidden="true">→</span>
              <select
                aria-label={t('goesTo', { name: shown })}
                disabled={!takes}
                value={category}
                onChange={(event) => change(name, { category: event.currentTarget.value })}
              >
                {[...options].map((option) => (
                  <option key={option} value={option}>
                    {isNew(option) ? t('newKind', { name: option }) : option}
                  </option>
                ))}
              </select>
              <span className="targets-count">
                {t('counts', { good: count(name, 'good'), labelled: count(name, 'labelled') })}
              </span>
            </li>
          );
        })}
      </ul>
    </fieldset>
  );
}
