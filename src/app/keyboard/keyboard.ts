/**
 * Turns key presses into actions. Rests while somebody types or a menu or dialog has the focus, and leaves a focused
 * control the keys it works with. Knows no React; window and clock come in.
 */
import type { StudioContext } from '../../state/context.ts';
import { keysOf, type HoldAction, type KeyAction, type Scope } from './action.ts';
import { isCharacter, matches, parseChord } from './chord.ts';

/** A shorter hold without a drag is a tap. */
const TAP_MS = 300;

export interface KeyboardHost {
  readonly target: Pick<Window, 'addEventListener' | 'removeEventListener'>;
  readonly now: () => number;
  readonly isMac: boolean;
}

export interface KeyboardOptions {
  readonly host: KeyboardHost;
  readonly context: StudioContext;
  readonly actions: readonly KeyAction[];
  /** Scopes that are visible now, besides `global`. */
  readonly scopes: () => readonly Scope[];
}

/** Starts listening; returns what ends it. */
export function listenToKeys({ host, context, actions, scopes }: KeyboardOptions): () => void {
  let held: { action: HoldAction; code: string; sinceMs: number; dragged: boolean } | null = null;
  const release = (isTap: boolean) => {
    if (!held) return;
    const { action } = held;
    held = null;
    action.hold.end(context);
    if (isTap) action.tap?.(context);
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return;
    const action = find(event);
    if (!action) return;
    event.preventDefault();
    if ('hold' in action) {
      if (event.repeat || held) return;
      held = { action, code: event.code, sinceMs: host.now(), dragged: false };
      action.hold.begin(context);
      return;
    }
    if (event.repeat && !action.repeats) return;
    action.run(context);
  };
  const find = (event: KeyboardEvent): KeyAction | undefined => {
    const preferences = context.preferences.getState();
    const visible: readonly Scope[] = ['global', ...scopes()];
    const focus = focusOf(event.target);
    return actions.find((action) => {
      if (!visible.includes(action.scope)) return false;
      const texts = keysOf(action, preferences);
      const text = texts.find((candidate) => matches(event, parseChord(candidate), host.isMac));
      if (text === undefined) return false;
      const chord = parseChord(text);
      if (isCharacter(chord) && !preferences.singleKeys) return false;
      if (!chord.mod && isTaken(focus, chord.key, visible.includes('list'))) return false;
      if (chord.mod && chord.key !== 'k' && focus.isEditable) return false;
      return action.isPossible?.(context) ?? true;
    });
  };
  const onKeyUp = (event: KeyboardEvent) => {
    if (!held || event.code !== held.code) return;
    event.preventDefault();
    release(!held.dragged && host.now() - held.sinceMs < TAP_MS);
  };
  const onDrag = () => {
    if (held) held.dragged = true;
  };
  const onAway = () => release(false);

  const { target } = host;
  target.addEventListener('keydown', onKeyDown);
  target.addEventListener('keyup', onKeyUp);
  target.addEventListener('pointerdown', onDrag);
  target.addEventListener('blur', onAway);
  return () => {
    release(false);
    target.removeEventListener('keydown', onKeyDown);
    target.removeEventListener('keyup', onKeyUp);
    target.removeEventListener('pointerdown', onDrag);
    target.removeEventListener('blur', onAway);
  };
}

interface Focus {
  readonly isEditable: boolean;
  /** In a menu, which has keys of its own. */
  readonly isInMenu: boolean;
  readonly isInDialog: boolean;
  /** Space and Enter press it. */
  readonly isPressable: boolean;
  /** The arrows, Home, End and the page keys move in it. */
  readonly hasArrows: boolean;
}

const editable =
  'textarea, select, [contenteditable=""], [contenteditable="true"], [role="textbox"], [role="combobox"], [role="spinbutton"], ' +
  'input:not([type="range"], [type="checkbox"], [type="radio"], [type="button"], [type="submit"], [type="file"])';
const menus = '[role="menu"], [role="listbox"]';
const dialogs = '[role="dialog"], [role="alertdialog"]';
const pressable = 'button, a[href], summary, [role="button"], [role="switch"], [role="checkbox"], input';
const withArrows =
  'input[type="range"], input[type="radio"], [role="slider"], [role="tab"], [role="radio"], [role="separator"], [role="toolbar"] [role="radio"]';

function focusOf(target: EventTarget | null): Focus {
  const element = target instanceof Element ? target : null;
  const is = (selector: string) => element?.closest(selector) != null;
  return {
    isEditable: is(editable),
    isInMenu: is(menus),
    isInDialog: is(dialogs),
    isPressable: is(pressable),
    hasArrows: is(withArrows),
  };
}

const arrows = new Set(['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown']);

/** Whether what has the focus wants the key itself. Lists live in drawers, so being in one does not silence keys there. */
function isTaken(focus: Focus, key: string, isInList: boolean): boolean {
  if (focus.isEditable || focus.isInMenu) return true;
  if (focus.isInDialog && !isInList) return true;
  if (focus.isPressable && (key === 'Space' || key === 'Enter')) return true;
  return focus.hasArrows && arrows.has(key);
}
