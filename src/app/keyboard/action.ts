/** What an entry of the registry is, and which keys it has after somebody chose others. */
import type { StudioContext } from '../../state/context.ts';
import type { Preferences } from '../../state/preferences.ts';

/** Where an action works: everywhere; with an inspection on the stage and nothing over it; in an open list; on its boxes. */
export type Scope = 'global' | 'workbench' | 'list' | 'correction';

export const GROUPS = ['page', 'steps', 'view', 'compare', 'verdict', 'inspection', 'lists'] as const;
export type Group = (typeof GROUPS)[number];

interface Entry {
  /** Also the key of its words: `keyboard:action.<id>`. */
  readonly id: string;
  /** As chord.ts writes them; any of them does it. */
  readonly keys: readonly string[];
  readonly scope: Scope;
  readonly group: Group;
  /** Whether it can be done now; left out: always. It is then neither done nor offered in the palette. */
  readonly isPossible?: (context: StudioContext) => boolean;
}

/** Done once a press; again and again while the key is held if it `repeats`. */
export interface PressAction extends Entry {
  readonly run: (context: StudioContext) => void;
  readonly repeats?: true;
  /** Not offered in the palette: it only makes sense as a key. */
  readonly isKeyOnly?: true;
}

/** Lasts as long as the key is held; `tap` is done on release within 300 ms when nothing was dragged meanwhile. */
export interface HoldAction extends Entry {
  readonly hold: { readonly begin: (context: StudioContext) => void; readonly end: (context: StudioContext) => void };
  readonly tap?: (context: StudioContext) => void;
}

export type KeyAction = PressAction | HoldAction;

/** The keys an action has: those somebody chose, else its own. */
export function keysOf(action: Pick<KeyAction, 'id' | 'keys'>, { keys }: Pick<Preferences, 'keys'>): readonly string[] {
  const chosen = keys[action.id];
  return chosen === undefined ? action.keys : [chosen];
}

export interface Conflict {
  readonly chord: string;
  readonly ids: readonly [string, string];
}

/** Actions that share a key where both work. */
export function findConflicts(actions: readonly KeyAction[], preferences: Pick<Preferences, 'keys'>): Conflict[] {
  const conflicts: Conflict[] = [];
  for (const [index, first] of actions.entries()) {
    for (const second of actions.slice(index + 1)) {
      if (first.scope !== second.scope && first.scope !== 'global' && second.scope !== 'global') continue;
      const theirs = new Set(keysOf(second, preferences));
      for (const chord of keysOf(first, preferences))
        if (theirs.has(chord)) conflicts.push({ chord, ids: [first.id, second.id] });
    }
  }
  return conflicts;
}
