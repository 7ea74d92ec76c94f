import { describe, expect, it } from 'vitest';
import { ariaChord, chordCaps, chordOf, matches, parseChord, type KeyPress } from './chord.ts';

const press = (key: string, more: Partial<KeyPress> = {}): KeyPress => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...more,
});
const hits = (chord: string, event: KeyPress, isMac = false) => matches(event, parseChord(chord), isMac);

describe('a chord', () => {
  it('follows the letter of the layout, not its place', () => {
    // AZERTY: the key in the place of Q gives A.
    expect(hits('a', press('a', { code: 'KeyQ' }))).toBe(true);
    expect(hits('q', press('a', { code: 'KeyQ' }))).toBe(false);
  });

  it('takes letters with Caps Lock, and keeps Shift apart', () => {
    expect(hits('r', press('R'))).toBe(true);
    expect(hits('r', press('R', { shiftKey: true }))).toBe(false);
    expect(hits('Shift+r', press('R', { shiftKey: true }))).toBe(true);
  });

  it('takes digits by sign and by place, so that AZERTY needs no Shift', () => {
    expect(hits('1', press('&', { code: 'Digit1' }))).toBe(true);
    expect(hits('1', press('1', { code: 'Digit1', shiftKey: true }))).toBe(true);
    expect(hits('1', press('!', { code: 'Digit1', shiftKey: true }))).toBe(false);
    expect(hits('0', press('0', { code: 'Numpad0' }))).toBe(true);
  });

  it('takes signs however the layout makes them', () => {
    expect(hits('?', press('?', { code: 'Slash', shiftKey: true }))).toBe(true);
    expect(hits('?', press('?', { code: 'Minus', shiftKey: true }))).toBe(true);
    expect(hits('+', press('+', { code: 'NumpadAdd' }))).toBe(true);
    const altGr = { ctrlKey: true, altKey: true, getModifierState: (name: string) => name === 'AltGraph' };
    expect(hits('/', press('/', altGr))).toBe(true);
  });

  it('means Cmd on a Mac and Ctrl elsewhere', () => {
    expect(hits('Mod+k', press('k', { ctrlKey: true }))).toBe(true);
    expect(hits('Mod+k', press('k', { metaKey: true }))).toBe(false);
    expect(hits('Mod+k', press('k', { metaKey: true }), true)).toBe(true);
    expect(hits('k', press('k', { ctrlKey: true }))).toBe(false);
    expect(hits('k', press('k', { altKey: true }))).toBe(false);
    expect(hits('Mod+Shift+z', press('Z', { ctrlKey: true, shiftKey: true }))).toBe(true);
  });

  it('is read back from a press', () => {
    expect(chordOf(press('Z', { ctrlKey: true, shiftKey: true }), false)).toBe('Mod+Shift+z');
    expect(chordOf(press(' '), false)).toBe('Space');
    expect(chordOf(press('?', { shiftKey: true }), false)).toBe('?');
    expect(chordOf(press('Shift', { shiftKey: true }), false)).toBeNull();
    expect(chordOf(press('k', { altKey: true }), false)).toBeNull();
    expect(parseChord(chordOf(press('+', { shiftKey: true }), false)!)).toEqual({ key: '+', mod: false, shift: false });
  });

  it('is shown as it stands on the keys', () => {
    const name = (key: string) => `<${key}>`;
    expect(chordCaps('Mod+k', false, name)).toEqual(['Ctrl', 'K']);
    expect(chordCaps('Mod+k', true, name)).toEqual(['⌘', 'K']);
    expect(chordCaps('Shift+ArrowLeft', false, name)).toEqual(['Shift', '←']);
    expect(chordCaps('Space', false, name)).toEqual(['<Space>']);
    expect(ariaChord('Mod+Shift+z', false)).toBe('Control+Shift+z');
  });
});
