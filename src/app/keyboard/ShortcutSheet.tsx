/** The sheet behind `?`, made from the list that binds the keys, with those somebody chose. */
import { useTranslation } from 'react-i18next';
import { usePreferences, useStudio } from '../../state/useStudio.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import { Keys } from '../../ui/Keys.tsx';
import { GROUPS, keysOf, type KeyAction } from './action.ts';
import { chordCaps } from './chord.ts';
import { IS_MAC } from './Keyboard.tsx';
import { ACTIONS } from './registry.ts';
import './keyboard.css';

export function ShortcutSheet() {
  const { t } = useTranslation('keyboard');
  const { store } = useStudio();
  const singleKeys = usePreferences((preferences) => preferences.singleKeys);
  return (
    <Drawer title={t('title')} description={t('description')} onClose={() => store.setState({ drawer: null })}>
      {/* Scrolls, so that the keyboard must be able to reach it. */}
      <div className="shortcuts" tabIndex={0}>
        {!singleKeys && <p className="shortcuts-off">{t('singleKeysOff')}</p>}
        {GROUPS.map((group) => {
          const actions = ACTIONS.filter((action) => action.group === group && action.keys.length > 0);
          if (actions.length === 0) return null;
          return (
            <section key={group}>
              <h3>{t(`group.${group}`)}</h3>
              <dl>
                {actions.map((action) => (
                  <div key={action.id}>
                    <dt>{t(`action.${action.id}`)}</dt>
                    <dd>
                      <KeysOf action={action} />
                    </dd>
                  </div>
                ))}
              </dl>
            </section>
          );
        })}
      </div>
    </Drawer>
  );
}

/** All keys of an action, or the one chosen for it. */
export function KeysOf({ action }: { readonly action: KeyAction }) {
  const { t } = useTranslation('keyboard');
  const keys = usePreferences((preferences) => preferences.keys);
  return (
    <span className="shortcut-keys">
      {'hold' in action && !action.tap && <span className="shortcut-hold">{t('hold')}</span>}
      {keysOf(action, { keys }).map((chord) => (
        <Keys key={chord} caps={chordCaps(chord, IS_MAC, (key) => t(`keyboard:key.${key}`, { defaultValue: key }))} />
      ))}
    </span>
  );
}
