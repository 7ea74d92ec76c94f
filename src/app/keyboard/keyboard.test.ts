import { afterEach, describe, expect, it } from 'vitest';
import { createTestStudio } from '../../testing/studioContext.ts';
import type { KeyAction, Scope } from './action.ts';
import { listenToKeys } from './keyboard.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  document.body.replaceChildren();
});

function setUp(scopes: readonly Scope[] = ['workbench']) {
  const log: string[] = [];
  let now = 0;
  const press = (id: string, keys: readonly string[], more: object = {}): KeyAction => ({
    id,
    keys,
    scope: 'workbench',
    group: 'steps',
    run: () => log.push(id),
    ...more,
  });
  const actions: readonly KeyAction[] = [
    press('next', ['ArrowRight', 'j'], { repeats: true }),
    press('run', ['r']),
    press('accept', ['Enter']),
    press('palette', ['Mod+k'], { scope: 'global' }),
    press('undo', ['Mod+z'], { scope: 'global' }),
    press('never', ['x'], { isPossible: () => false }),
    press('remove', ['Delete'], { scope: 'list' }),
    {
      id: 'space',
      keys: ['Space'],
      scope: 'workbench',
      group: 'steps',
      hold: { begin: () => log.push('begin'), end: () => log.push('end') },
      tap: () => log.push('tap'),
    },
  ];
  const context = createTestStudio();
  const host = { target: window, now: () => now, isMac: false };
  stops.push(listenToKeys({ host, context, actions, scopes: () => scopes }));
  const send = (
    type: 'keydown' | 'keyup',
    key: string,
    more: KeyboardEventInit = {},
    on: EventTarget = document.body,
  ) => {
    const event = new KeyboardEvent(type, { key, code: key, bubbles: true, cancelable: true, ...more });
    on.dispatchEvent(event);
    return event;
  };
  return { log, context, send, wait: (ms: number) => void (now += ms) };
}

function add<T extends keyof HTMLElementTagNameMap>(tag: T, attributes: Record<string, string> = {}) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  document.body.append(element);
  return element;
}

describe('keys', () => {
  it('do what the registry says, and nothing else of the browser', () => {
    const { log, send } = setUp();
    expect(send('keydown', 'j').defaultPrevented).toBe(true);
    expect(send('keydown', 'q').defaultPrevented).toBe(false);
    expect(log).toEqual(['next']);
  });

  it('repeat for steps, never for toggles', () => {
    const { log, send } = setUp();
    send('keydown', 'ArrowRight', { repeat: true });
    send('keydown', 'r', { repeat: true });
    expect(log).toEqual(['next']);
  });

  it('rest while somebody types, and in menus and dialogs', () => {
    const { log, send } = setUp();
    send('keydown', 'r', {}, add('input'));
    send('keydown', 'r', {}, add('textarea'));
    send('keydown', 'r', {}, add('select'));
    send('keydown', 'r', {}, add('div', { role: 'menu' }));
    send('keydown', 'r', {}, add('div', { role: 'dialog' }));
    send('keydown', 'z', { ctrlKey: true }, add('input'));
    expect(log).toEqual([]);
    send('keydown', 'k', { ctrlKey: true }, add('input'));
    expect(log).toEqual(['palette']);
  });

  it('leave a focused control its own keys', () => {
    const { log, send } = setUp();
    const button = add('button');
    send('keydown', ' ', {}, button);
    send('keydown', 'Enter', {}, button);
    const slider = add('input', { type: 'range' });
    send('keydown', 'ArrowRight', {}, slider);
    expect(log).toEqual([]);
    send('keydown', 'r', {}, button);
    send('keydown', 'r', {}, slider);
    expect(log).toEqual(['run', 'run']);
  });

  it('act in their scope only, and only when possible', () => {
    const { log, send } = setUp([]);
    send('keydown', 'r');
    send('keydown', 'x');
    expect(log).toEqual([]);
    const inList = setUp(['list']);
    inList.send('keydown', 'Delete', {}, add('div', { role: 'dialog' }));
    inList.send('keydown', 'Delete', {}, add('div', { role: 'listbox' }));
    expect(inList.log).toEqual(['remove']);
  });

  it('can be turned off where they type a character, and be others', () => {
    const { log, send, context } = setUp();
    context.preferences.setState({ singleKeys: false });
    send('keydown', 'r');
    send('keydown', 'ArrowRight');
    send('keydown', 'k', { ctrlKey: true });
    expect(log).toEqual(['next', 'palette']);
    context.preferences.setState({ singleKeys: true, keys: { run: 'p' } });
    send('keydown', 'r');
    send('keydown', 'p');
    expect(log).toEqual(['next', 'palette', 'run']);
  });
});

describe('a key that is held', () => {
  it('is a tap when it is short and nothing was dragged', () => {
    const { log, send, wait } = setUp();
    send('keydown', ' ', { code: 'Space' });
    send('keydown', ' ', { code: 'Space', repeat: true });
    wait(120);
    send('keyup', ' ', { code: 'Space' });
    expect(log).toEqual(['begin', 'end', 'tap']);
  });

  it('is no tap after 300 ms, after a drag, or when the window loses the focus', () => {
    const { log, send, wait } = setUp();
    send('keydown', ' ', { code: 'Space' });
    wait(400);
    send('keyup', ' ', { code: 'Space' });
    send('keydown', ' ', { code: 'Space' });
    document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
    send('keyup', ' ', { code: 'Space' });
    send('keydown', ' ', { code: 'Space' });
    window.dispatchEvent(new Event('blur'));
    send('keyup', ' ', { code: 'Space' });
    expect(log).toEqual(['begin', 'end', 'begin', 'end', 'begin', 'end']);
  });
});
