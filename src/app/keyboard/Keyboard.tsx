/** Binds the keys of the registry to the page, and tells controls which keys do the same as they. */
import { useEffect, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { usePreferences, useStudio } from '../../state/useStudio.ts';
import { KeyHints, type KeyHint } from '../../ui/keyHints.ts';
import { keysOf, type Scope } from './action.ts';
import { ariaChord, chordCaps, isCharacter, parseChord } from './chord.ts';
import { listenToKeys } from './keyboard.ts';
import { ACTIONS } from './registry.ts';

export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

export function Keyboard({ children }: { readonly children: ReactNode }) {
  const context = useStudio();
  useEffect(() => {
    const host = { target: window, now: () => performance.now(), isMac: IS_MAC };
    const scopes = (): readonly Scope[] => {
      const { current, correcting, drawer } = context.store.getState();
      if (drawer === 'library' || drawer === 'history') return ['list'];
      if (!current || drawer !== null) return [];
      return correcting?.runId === current.runId ? ['correction', 'workbench'] : ['workbench'];
    };
    return listenToKeys({ host, context, actions: ACTIONS, scopes });
  }, [context]);
  return <KeyHints value={useHints()}>{children}</KeyHints>;
}

function useHints(): Readonly<Record<string, KeyHint>> {
  const singleKeys = usePreferences((preferences) => preferences.singleKeys);
  const keys = usePreferences((preferences) => preferences.keys);
  const { t } = useTranslation('keyboard');
  return useMemo(() => {
    const hints: Record<string, KeyHint> = {};
    for (const action of ACTIONS) {
      const usable = keysOf(action, { keys }).filter((chord) => singleKeys || !isCharacter(parseChord(chord)));
      const [first] = usable;
      if (first === undefined) continue;
      const caps = chordCaps(first, IS_MAC, (key) => t(`keyboard:key.${key}`, { defaultValue: key }));
      hints[action.id] = { caps, aria: usable.map((chord) => ariaChord(chord, IS_MAC)).join(' ') };
    }
    return hints;
  }, [keys, singleKeys, t]);
}
