/** How the agent works on this kind of part: the mode, and which of its tools it may use. */
import { useTranslation } from 'react-i18next';
import { MODE_NAMES, MODES, type ToolName } from '@agentiad/core/protocol/modes.ts';
import { comparesIn } from '../../state/studioState.ts';
import type { RecipeContent } from '../../state/recipes.ts';
import { modeMeaning, modeName } from '../../state/words.ts';
import { Field } from './Field.tsx';
import type { Edit } from './RecipeTab.tsx';

export function ToolsField(props: {
  readonly content: RecipeContent;
  readonly hasGoodParts: boolean;
  readonly onEdit: Edit;
}) {
  const { t } = useTranslation('recipe');
  const { content, hasGoodParts, onEdit } = props;
  const { mode, tools } = content;
  const offered: readonly ToolName[] = MODES[mode];
  const toggle = (tool: ToolName) =>
    onEdit({ tools: tools.includes(tool) ? tools.filter((other) => other !== tool) : [...tools, tool] });
  return (
    <Field name={t('mode.name')} isGroup>
      {() => (
        <>
          <div className="recipe-modes" role="radiogroup" aria-label={t('mode.name')}>
            {MODE_NAMES.map((name) => (
              <label key={name} className={name === mode ? 'recipe-mode recipe-mode-on' : 'recipe-mode'}>
                <input
                  type="radio"
                  name="recipe-mode"
                  checked={name === mode}
                  onChange={() => onEdit({ mode: name, tools: MODES[name] })}
                />
                <span>{modeName(name)}</span>
              </label>
            ))}
          </div>
          <p className="recipe-note">
            {modeMeaning(mode)}
            {comparesIn(mode) && !hasGoodParts && ` ${t('mode.noGoodParts')}`}
          </p>
          {offered.length > 0 && (
            <ul className="recipe-tools" aria-label={t('mode.tools')}>
              {offered.map((tool) => {
                const isOn = tools.includes(tool);
                const isLast = isOn && tools.length === 1;
                return (
                  <li key={tool}>
                    <label>
                      <input
                        type="checkbox"
                        checked={isOn}
                        disabled={isLast}
                        title={isLast ? t('mode.last') : undefined}
                        onChange={() => toggle(tool)}
                      />
                      <span>
                        <strong>{t(`tool.${tool}.name`)}</strong> {t(`tool.${tool}.does`)}
                      </span>
                    </label>
                  </li>
                );
              })}
            </ul>
          )}
        </>
      )}
    </Field>
  );
}
