/** Puts theme, motion and language on the document, and keeps them there when the choice or the system changes. */
import { changeLanguage, pickLanguage } from '../i18n/index.ts';
import type { PreferencesStore } from '../state/preferences.ts';

/** The language the page should be shown in. */
export const languageOf = (preferences: PreferencesStore) =>
  pickLanguage(preferences.getState().language, navigator.languages);

/** Asked at every frame of a replay: made once. */
let reduced: MediaQueryList | null = null;
const reducedMotion = () => (reduced ??= matchMedia('(prefers-reduced-motion: reduce)'));

/** Whether moves are to be cuts. */
export function isMotionReduced(preferences: PreferencesStore): boolean {
  const { motion } = preferences.getState();
  return motion === 'system' ? reducedMotion().matches : motion === 'reduce';
}

export function applyAppearance(preferences: PreferencesStore): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const { theme } = preferences.getState();
    const root = document.documentElement;
    root.dataset.theme = theme === 'system' ? (dark.matches ? 'dark' : 'light') : theme;
    root.dataset.motion = isMotionReduced(preferences) ? 'reduce' : 'full';
    root.lang = languageOf(preferences);
  };
  apply();
  dark.addEventListener('change', apply);
  reducedMotion().addEventListener('change', apply);
  preferences.subscribe((now, before) => {
    apply();
    if (now.language !== before.language) void changeLanguage(languageOf(preferences));
  });
}
