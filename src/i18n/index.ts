/**
 * The page's words: one catalogue per panel and language. English is bundled and decides which keys exist; another
 * language is fetched when it is chosen, and falls back to English key by key.
 */
import i18next, { type BackendModule, type ReadCallback } from 'i18next';
import { initReactI18next } from 'react-i18next';

type Catalogue = Readonly<Record<string, unknown>>;

const english = import.meta.glob<Catalogue>('./en/*.json', { eager: true, import: 'default' });

export const LANGUAGES = { en: 'English', zh: '中文' } as const;
export type Language = keyof typeof LANGUAGES;

const namespaceOf = (path: string) => path.replace(/^.*\//, '').replace(/\.json$/, '');

const namespaces = Object.keys(english).map(namespaceOf);

const backend: BackendModule = {
  type: 'backend',
  init() {},
  read(language: string, namespace: string, done: ReadCallback) {
    if (language !== 'zh') return done(null, {});
    import('./zh.ts').then(
      ({ chinese }) => done(null, chinese[`./zh/${namespace}.json`] ?? {}),
      (error: unknown) => done(error instanceof Error ? error : new Error(String(error)), null),
    );
  },
};

/** Resolves when the words of `language` are there; `isPseudo` distorts them, for tests of the layout. */
export async function startI18n(language: Language, isPseudo = false): Promise<void> {
  if (isPseudo) i18next.use((await import('./pseudo.ts')).pseudoLanguage);
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: 'en',
      ns: namespaces,
      defaultNS: 'app',
      partialBundledLanguages: true,
      resources: { en: Object.fromEntries(Object.entries(english).map(([path, words]) => [namespaceOf(path), words])) },
      interpolation: { escapeValue: false },
      returnNull: false,
      ...(isPseudo && { postProcess: 'pseudo' }),
    });
}

/** Shows the page in another language as soon as its words are there. */
export async function changeLanguage(language: Language): Promise<void> {
  await i18next.changeLanguage(language);
}

/** The stored choice, else the first of the browser's languages that there is. */
export function pickLanguage(stored: unknown, preferred: readonly string[]): Language {
  const known = (tag: unknown): tag is Language => typeof tag === 'string' && tag in LANGUAGES;
  if (known(stored)) return stored;
  return preferred.map((tag) => tag.split('-')[0]).find(known) ?? 'en';
}
