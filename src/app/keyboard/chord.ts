/**
 * Keys as people name them: `ArrowLeft`, `f`, `?`, `Shift+r`, `Mod+Shift+z` (Mod: Cmd on a Mac, else Ctrl). Letters and
 * signs are what the layout gives (`event.key`), so that everybody presses what the sheet shows; digits also count by
 * place, because some layouts need Shift for them. Pure.
 */
export interface Chord {
  /** `event.key`; letters in lower case, Space as `Space`. */
  readonly key: string;
  readonly mod: boolean;
  readonly shift: boolean;
}

/** What of a keyboard event is looked at. */
export type KeyPress = Pick<KeyboardEvent, 'key' | 'code' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'> & {
  readonly getModifierState?: (name: string) => boolean;
};

const isLetter = (key: string) => key.length === 1 && key.toLowerCase() !== key.toUpperCase();
const isDigit = (key: string) => /^[0-9]$/.test(key);
const isSign = (key: string) => key.length === 1 && !isLetter(key) && !isDigit(key);

export function parseChord(text: string): Chord {
  const parts = text === '+' ? ['+'] : text.replace(/\+\+$/, '+plus').split('+');
  const key = parts.at(-1)!.replace(/^plus$/, '+');
  return {
    key: isLetter(key) ? key.toLowerCase() : key,
    mod: parts.includes('Mod'),
    shift: parts.includes('Shift'),
  };
}

/** The chord a press makes, as text; null for a modifier alone, or with Alt. Used when somebody chooses another key. */
export function chordOf(press: KeyPress, isMac: boolean): string | null {
  if (['Shift', 'Control', 'Alt', 'Meta', 'AltGraph', 'Dead', 'Unidentified', 'Process'].includes(press.key))
    return null;
  const { mod, other } = modifiersOf(press, isMac);
  if (other) return null;
  const key = nameOf(press.key);
  const shift = press.shiftKey && !isSign(key) && !isDigit(key);
  return [mod && 'Mod', shift && 'Shift', isLetter(key) ? key.toLowerCase() : key].filter(Boolean).join('+');
}

export function matches(press: KeyPress, chord: Chord, isMac: boolean): boolean {
  const { mod, other } = modifiersOf(press, isMac);
  if (other || mod !== chord.mod) return false;
  const key = nameOf(press.key);
  if (isDigit(chord.key)) {
    const byPlace = press.code === `Digit${chord.key}` || press.code === `Numpad${chord.key}`;
    return key === chord.key || (byPlace && !press.shiftKey && !isLetter(key));
  }
  if (isSign(chord.key)) return key === chord.key;
  return (isLetter(key) ? key.toLowerCase() : key) === chord.key && press.shiftKey === chord.shift;
}

/** True for what types a character: these keys can be turned off. */
export function isCharacter({ key, mod }: Chord): boolean {
  return !mod && key.length === 1;
}

/** Signs may need AltGr, which Windows reports as Ctrl and Alt. */
function modifiersOf(press: KeyPress, isMac: boolean): { readonly mod: boolean; readonly other: boolean } {
  if (isSign(press.key) && press.getModifierState?.('AltGraph')) return { mod: false, other: false };
  const mod = isMac ? press.metaKey : press.ctrlKey;
  return { mod, other: press.altKey || (isMac ? press.ctrlKey : press.metaKey) };
}

const nameOf = (key: string) => (key === ' ' ? 'Space' : key);

const SHOWN: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
  Delete: 'Del',
  '-': '−',
};

/** The keys to draw, one by one; `name` gives the words for `Space` and `Enter`. */
export function chordCaps(text: string, isMac: boolean, name: (key: string) => string): readonly string[] {
  const { key, mod, shift } = parseChord(text);
  const cap = SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : name(key));
  return [...(mod ? [isMac ? '⌘' : 'Ctrl'] : []), ...(shift ? ['Shift'] : []), cap];
}

/** As an `aria-keyshortcuts` value. */
export function ariaChord(text: string, isMac: boolean): string {
  const { key, mod, shift } = parseChord(text);
  return [mod && (isMac ? 'Meta' : 'Control'), shift && 'Shift', key === '+' ? 'plus' : key].filter(Boolean).join('+');
}
