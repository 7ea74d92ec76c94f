/**
 * How somebody wants the page: language, look, motion, keys. Small, needed before the first picture and never worth a
 * database: one entry of the browser's local storage. What is stored is checked field by field.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { LANGUAGES, type Language } from '../i18n/index.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export const MOTIONS = ['system', 'reduce', 'full'] as const;
export type Theme = (typeof THEMES)[number];
export type Motion = (typeof MOTIONS)[number];

/** When the evidence map is over the part: with the step that made it, always once there is one, or never. */
export const MAP_TIMES = ['step', 'always', 'never'] as const;
export type MapTime = (typeof MAP_TIMES)[number];
/** What turning the wheel does: as the device looks (mouse zooms, trackpad pans), or always the same. */
export const WHEELS = ['auto', 'zoom', 'pan'] as const;
export type Wheel = (typeof WHEELS)[number];

/** Of a good part's tile in the library, CSS pixels. */
export const TILE_SIDES = { min: 80, max: 280 } as const;

export interface Preferences {
  /** Null: the browser's. */
  readonly language: Language | null;
  readonly theme: Theme;
  readonly motion: Motion;
  /** Whether keys without Ctrl, Alt or Cmd do anything (WCAG 2.1.4). */
  readonly singleKeys: boolean;
  /** Other keys for actions, by the action's id. */
  readonly keys: Readonly<Record<string, string>>;
  /** Of the right column, in CSS pixels; null: as it comes. */
  readonly sideWidth: number | null;
  /** Of the right column's height that a finished verdict has, 0..1; null: as it comes. */
  readonly verdictShare: number | null;
  /** Whether a decision brings the next run that has none. */
  readonly autoAdvance: boolean;
  readonly mapTime: MapTime;
  /** 0..1: of the evidence map's colours. */
  readonly mapOpacity: number;
  readonly wheel: Wheel;
  /** Reads what the model would answer after each step; null: where that is cheap, with the shipped model. */
  readonly belief: boolean | null;
  /** Who decides, as written into decisions; may be empty. */
  readonly author: string;
  /** Smallest side of a tile in the library, CSS pixels; within `TILE_SIDES`. */
  readonly tileSide: number;
}

export type PreferencesStore = StoreApi<Preferences>;

export const DEFAULT_PREFERENCES: Preferences = {
  language: null,
  theme: 'system',
  motion: 'system',
  singleKeys: true,
  keys: {},
  sideWidth: null,
  verdictShare: null,
  autoAdvance: false,
  mapTime: 'step',
  mapOpacity: 0.8,
  wheel: 'auto',
  belief: null,
  author: '',
  tileSide: 140,
};

const ENTRY = 'agentiad-preferences';

/** `disk` is null where the browser allows none: choices then last as long as the page. */
export function createPreferences(disk: Pick<Storage, 'getItem' | 'setItem'> | null): PreferencesStore {
  const store = createStore<Preferences>(() => parsePreferences(read(disk)));
  store.subscribe((preferences) => {
    try {
      disk?.setItem(ENTRY, JSON.stringify(preferences));
    } catch {
      // No room or not allowed: the choice holds until the page is closed.
    }
  });
  return store;
}

function read(disk: Pick<Storage, 'getItem'> | null): unknown {
  try {
    return JSON.parse(disk?.getItem(ENTRY) ?? 'null');
  } catch {
    return null; // damaged: as if nothing had been chosen
  }
}

export function parsePreferences(stored: unknown): Preferences {
  if (typeof stored !== 'object' || stored === null) return DEFAULT_PREFERENCES;
  const {
    language,
    theme,
    motion,
    singleKeys,
    keys,
    sideWidth,
    verdictShare,
    autoAdvance,
    mapTime,
    mapOpacity,
    wheel,
    belief,
    author,
    tileSide,
  } = stored as Readonly<Record<string, unknown>>;
  const oneOf = <T extends string>(known: readonly T[], value: unknown, otherwise: T): T =>
    known.find((candidate) => candidate === value) ?? otherwise;
  const isLanguage = (value: unknown): value is Language => typeof value === 'string' && value in LANGUAGES;
  return {
    language: isLanguage(language) ? language : null,
    theme: oneOf(THEMES, theme, 'system'),
    motion: oneOf(MOTIONS, motion, 'system'),
    singleKeys: singleKeys !== false,
    keys: Object.fromEntries(
      Object.entries(typeof keys === 'object' && keys !== null ? keys : {}).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
      ),
    ),
    sideWidth: typeof sideWidth === 'number' && Number.isFinite(sideWidth) ? sideWidth : null,
    verdictShare: typeof verdictShare === 'number' && verdictShare > 0 && verdictShare < 1 ? verdictShare : null,
    autoAdvance: autoAdvance === true,
    mapTime: oneOf(MAP_TIMES, mapTime, 'step'),
    mapOpacity:
      typeof mapOpacity === 'number' && mapOpacity >= 0 && mapOpacity <= 1
        ? mapOpacity
        : DEFAULT_PREFERENCES.mapOpacity,
    wheel: oneOf(WHEELS, wheel, 'auto'),
    belief: typeof belief === 'boolean' ? belief : null,
    author: typeof author === 'string' ? author : '',
    tileSide:
      typeof tileSide === 'number' && tileSide >= TILE_SIDES.min && tileSide <= TILE_SIDES.max
        ? tileSide
        : DEFAULT_PREFERENCES.tileSide,
  };
}
