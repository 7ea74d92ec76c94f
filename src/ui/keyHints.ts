/** The keys of actions as they stand on the keyboard, for hints on controls; given by the page, empty elsewhere. */
import { createContext, useContext } from 'react';

export interface KeyHint {
  /** One key each: `Shift`, `←`. */
  readonly caps: readonly string[];
  /** For `aria-keyshortcuts`. */
  readonly aria: string;
}

export const KeyHints = createContext<Readonly<Record<string, KeyHint>>>({});

/** Null for an action without a key, or while its key is off. */
export function useKeyHint(action: string | undefined): KeyHint | null {
  const hints = useContext(KeyHints);
  return (action !== undefined && hints[action]) || null;
}
