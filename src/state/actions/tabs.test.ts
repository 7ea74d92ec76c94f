// @vitest-environment node
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { createTabs, type TabChannel } from '../../storage/tabs/tabs.ts';
import type { TabLock } from '../../storage/tabs/tabLock.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { loadStored } from './boot.ts';
import { addFiles } from './intake.ts';
import { addExemplars, saveCategory } from './library.ts';
import { joinAgain, joinTabs, takeOverHere } from './tabs.ts';

/** Two tabs of one browser over one database; the first one writes. */
async function twoTabs(): Promise<readonly [TestStudio, TestStudio]> {
  let free = true;
  const waiting: (() => void)[] = [];
  const lock = (): TabLock => ({
    take: (how, { signal } = {}) => {
      if (free || how === 'steal') return Promise.resolve(!(free = false));
      if (!signal) return Promise.resolve(false);
      return new Promise((resolve) => waiting.push(() => resolve(true)));
    },
    release() {
      const next = waiting.shift();
      free = next === undefined;
      next?.();
    },
    onLost: () => {},
  });
  const heard: ((message: unknown) => void)[] = [];
  const channel = (): TabChannel => {
    const mine = heard.push(() => {}) - 1;
    return {
      send: (message) => heard.forEach((_, tab) => tab !== mine && setTimeout(() => heard[tab]!(message))),
      listen: (listener) => (heard[mine] = listener),
    };
  };
  const first = createTestStudio();
  const second = createTestStudio({ databaseOf: first });
  for (const studio of [first, second]) {
    Object.assign(studio, { tabs: createTabs(lock(), channel()) });
    await joinTabs(studio);
    await loadStored(studio);
  }
  return [first, second];
}

const isReadOnly = (studio: TestStudio) => studio.store.getState().isReadOnly;

describe('a second tab', () => {
  it('reads only: what is asked of it is refused by name, once, and it goes on showing what is stored', async () => {
    const [first, second] = await twoTabs();
    expect([isReadOnly(first), isReadOnly(second)]).toEqual([false, true]);
    await saveCategory(first, { name: 'cap', types: [] });
    await loadStored(second);
    await addFiles(second, [new File(['part'], 'part.png')]);
    await saveCategory(second, { name: 'bolt', types: [] });
    await addExemplars(second, 'cap', [new File(['good'], 'good.png')]);
    expect(noticeCodes(second)).toEqual(['tab-reads-only']);
    expect(second.store.getState().inspecting).toBeNull();
    await expect.poll(() => second.store.getState().categories.map(({ name }) => name)).toEqual(['cap']);
    expect(second.store.getState().exemplars).toEqual([]);
    expect(await first.storage.listExemplars()).toEqual([]);
  });

  it('takes over when it is told to, and has all that the first one wrote; that one then reads', async () => {
    const [first, second] = await twoTabs();
    await saveCategory(first, { name: 'cap', types: [] });
    const writing = addExemplars(first, 'cap', [new File(['good'], 'good.png')]);
    await takeOverHere(second);
    await writing;
    expect([isReadOnly(first), isReadOnly(second)]).toEqual([true, false]);
    expect(second.store.getState().exemplars.map(({ name }) => name)).toEqual(['good.png']);
    await saveCategory(second, { name: 'bolt', types: [] });
    await saveCategory(first, { name: 'nut', types: [] });
    expect(noticeCodes(first)).toEqual(['tab-reads-only']);
    expect((await second.storage.listCategories()).map(({ name }) => name)).toEqual(['bolt', 'cap']);
  });

  it('waits until the inspection of the first one is done', async () => {
    const [first, second] = await twoTabs();
    const id = Symbol('inspection');
    first.store.setState({ inspecting: { id, live: null } });
    const taking = takeOverHere(second);
    await expect.poll(() => second.store.getState().takingOver).toBe('soon');
    expect(isReadOnly(first)).toBe(false);
    first.store.setState({ inspecting: null });
    await taking;
    expect([isReadOnly(first), isReadOnly(second)]).toEqual([true, false]);
  });

  it('writes when it is looked at after the first one was closed', async () => {
    const [first, second] = await twoTabs();
    await joinAgain(second);
    expect(isReadOnly(second)).toBe(true);
    await takeOverHere(second);
    await joinAgain(first);
    expect(isReadOnly(first)).toBe(true);
  });
});
