/** How the page looks, speaks and moves, and which keys it listens to. Every choice holds at once and is kept. */
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LANGUAGES, type Language } from '../../i18n/index.ts';
import { MOTIONS, THEMES, WHEELS, type Motion, type Theme, type Wheel } from '../../state/preferences.ts';
import { usePreferences, useStudio } from '../../state/useStudio.ts';
import { Drawer } from '../../ui/Drawer.tsx';
import { Choice } from '../../ui/Choice.tsx';
import { KeyTable } from './KeyTable.tsx';
import './settings.css';

export function SettingsDrawer() {
  const { store, preferences } = useStudio();
  const { t } = useTranslation('settings');
  const { language, theme, motion, wheel, belief } = usePreferences((all) => all);
  return (
    <Drawer title={t('title')} description={t('description')} onClose={() => store.setState({ drawer: null })}>
      <div className="settings">
        <Setting name={t('language')}>
          {(id) => (
            <select
              id={id}
              value={language ?? ''}
              onChange={({ currentTarget: { value } }) =>
                preferences.setState({ language: value === '' ? null : (value as Language) })
              }
            >
              <option value="">{t('languageOfBrowser')}</option>
              {Object.entries(LANGUAGES).map(([tag, name]) => (
                <option key={tag} value={tag} lang={tag}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Setting>
        <Choice
          legend={t('theme')}
          value={theme}
          options={THEMES.map((value) => ({ value, text: t(`themes.${value}`) }))}
          onChoose={(value: Theme) => preferences.setState({ theme: value })}
        />
        <Choice
          legend={t('motion')}
          note={t('motionNote')}
          value={motion}
          options={MOTIONS.map((value) => ({ value, text: t(`motions.${value}`) }))}
          onChoose={(value: Motion) => preferences.setState({ motion: value })}
        />
        <Choice
          legend={t('wheel')}
          note={t('wheelNote')}
          value={wheel}
          options={WHEELS.map((value) => ({ value, text: t(`wheels.${value}`) }))}
          onChoose={(value: Wheel) => preferences.setState({ wheel: value })}
        />
        <Choice
          legend={t('belief')}
          note={t('beliefNote')}
          value={beliefChoice(belief)}
          options={BELIEFS.map((value) => ({ value, text: t(`beliefs.${value}`) }))}
          onChoose={(value: BeliefChoice) => preferences.setState({ belief: value === 'auto' ? null : value === 'on' })}
        />
        <KeyTable />
      </div>
    </Drawer>
  );
}

const BELIEFS = ['auto', 'on', 'off'] as const;
type BeliefChoice = (typeof BELIEFS)[number];

function beliefChoice(belief: boolean | null): BeliefChoice {
  if (belief === null) return 'auto';
  return belief ? 'on' : 'off';
}

function Setting({ name, children }: { readonly name: string; readonly children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="setting">
      <label htmlFor={id}>{name}</label>
      {children(id)}
    </div>
  );
}
