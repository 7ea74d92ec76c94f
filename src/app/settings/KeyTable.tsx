/** The keys, to change one by one or to turn off; a key that would mean two things is named and not taken. */
import * as Switch from '@radix-ui/react-switch';
import { RotateCcw } from 'lucide-react';
import { useId, useState, type KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences, useStudio } from '../../state/useStudio.ts';
import { IconButton } from '../../ui/IconButton.tsx';
import { findConflicts, type KeyAction } from '../keyboard/action.ts';
import { chordOf } from '../keyboard/chord.ts';
import { IS_MAC } from '../keyboard/Keyboard.tsx';
import { ACTIONS } from '../keyboard/registry.ts';
import { KeysOf } from '../keyboard/ShortcutSheet.tsx';
import '../../ui/switch.css';

export function KeyTable() {
  const { preferences } = useStudio();
  const { t } = useTranslation('settings');
  const { singleKeys, keys } = usePreferences((all) => all);
  const [asking, setAsking] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const id = useId();

  const take = (action: KeyAction, event: KeyboardEvent) => {
    if (event.key === 'Tab') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === 'Escape') return setAsking(null);
    const chord = chordOf(event.nativeEvent, IS_MAC);
    if (chord === null) return;
    const wanted = { ...keys, [action.id]: chord };
    const conflict = findConflicts(ACTIONS, { keys: wanted }).find(({ ids }) => ids.includes(action.id));
    const other = conflict?.ids.find((candidate) => candidate !== action.id);
    if (other !== undefined) return setProblem(t('keyTaken', { action: t(`keyboard:action.${other}`) }));
    if (chord.startsWith('Mod+')) return setProblem(t('keyOfBrowser'));
    preferences.setState({ keys: wanted });
    setProblem(null);
    setAsking(null);
  };
  const reset = (actionId: string) => {
    const others = Object.entries(keys).filter(([known]) => known !== actionId);
    preferences.setState({ keys: Object.fromEntries(others) });
  };

  return (
    <section className="key-table" aria-labelledby={`${id}-title`}>
      <div className="setting">
        <h3 id={`${id}-title`}>{t('keys')}</h3>
        {Object.keys(keys).length > 0 && (
          <button type="button" className="button" onClick={() => preferences.setState({ keys: {} })}>
            {t('resetKeys')}
          </button>
        )}
      </div>
      <div className="setting">
        <div>
          <label htmlFor={`${id}-single`}>{t('singleKeys')}</label>
          <p className="setting-note">{t('singleKeysNote')}</p>
        </div>
        <Switch.Root
          id={`${id}-single`}
          className="switch"
          checked={singleKeys}
          onCheckedChange={(checked) => preferences.setState({ singleKeys: checked })}
        >
          <Switch.Thumb />
        </Switch.Root>
      </div>
      <p role="alert" className="key-problem">
        {problem}
      </p>
      <ul>
        {ACTIONS.filter((action) => action.keys.length > 0).map((action) => (
          <li key={action.id}>
            <span>{t(`keyboard:action.${action.id}`)}</span>
            {keys[action.id] !== undefined && (
              <IconButton
                label={t('resetKey', { action: t(`keyboard:action.${action.id}`) })}
                icon={<RotateCcw size={14} />}
                onClick={() => reset(action.id)}
              />
            )}
            <button
              type="button"
              className={asking === action.id ? 'button key-asking' : 'button'}
              onClick={() => {
                setProblem(null);
                setAsking(action.id);
              }}
              onBlur={() => setAsking(null)}
              {...(asking === action.id && { onKeyDown: (event: KeyboardEvent) => take(action, event) })}
            >
              <span className="visually-hidden">{t('changeKey', { action: t(`keyboard:action.${action.id}`) })} </span>
              {asking === action.id ? t('pressKey') : <KeysOf action={action} />}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
