import { describe, expect, it } from 'vitest';
import { createPreferences, DEFAULT_PREFERENCES, parsePreferences } from './preferences.ts';

function memory(text: string | null = null) {
  let kept = text;
  return { getItem: () => kept, setItem: (_key: string, value: string) => void (kept = value) };
}

describe('preferences', () => {
  it('come back on the next visit', () => {
    const disk = memory();
    const chosen = {
      language: 'zh',
      theme: 'dark',
      motion: 'reduce',
      singleKeys: true,
      keys: { follow: 'g' },
      sideWidth: 352,
      verdictShare: 0.7,
      autoAdvance: true,
      author: 'Li',
    } as const;
    createPreferences(disk).setState(chosen);
    expect(createPreferences(disk).getState()).toEqual({ ...DEFAULT_PREFERENCES, ...chosen });
  });

  it('are the defaults where nothing readable is stored', () => {
    expect(createPreferences(memory('{"theme"')).getState()).toEqual(DEFAULT_PREFERENCES);
    expect(createPreferences(null).getState()).toEqual(DEFAULT_PREFERENCES);
  });

  it('drop what is not known, field by field', () => {
    const parsed = parsePreferences({
      language: 'tlh',
      theme: 'neon',
      motion: 'full',
      singleKeys: false,
      keys: { a: 1 },
      sideWidth: 'wide',
      verdictShare: 7,
      author: 7,
    });
    expect(parsed).toEqual({ ...DEFAULT_PREFERENCES, motion: 'full', singleKeys: false });
  });

  it('hold for this visit when the browser refuses to keep them', () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
    };
    const store = createPreferences(full);
    store.setState({ theme: 'dark' });
    expect(store.getState().theme).toBe('dark');
  });
});
