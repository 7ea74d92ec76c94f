// @vitest-environment node
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { createTestStudio, noticeCodes } from '../../testing/studioContext.ts';
import { runRecord } from '../../testing/records.ts';
import { RUN } from '@agentiad/core/replay/testing.ts';
import { withKey } from '../keyed.ts';
import { boot, loadStored } from './boot.ts';
import { addExemplars, saveCategory } from './library.ts';
import { chooseMode } from './settings.ts';

describe('start-up', () => {
  it('goes on without the samples when their list is damaged, and says so', async () => {
    const studio = createTestStudio();
    Object.assign(studio.host, { fetch: () => Promise.resolve(new Response('[{"id": "cap"', { status: 200 })) });
    await boot(studio);
    expect(noticeCodes(studio)).toEqual(['samples-unreadable']);
    expect(studio.store.getState().samples).toEqual([]);
  });

  it('keeps what was done while what is stored was still being read', async () => {
    const before = createTestStudio();
    await saveCategory(before, { name: 'cap', types: ['dent'] });
    await addExemplars(before, 'cap', [new File(['a'], 'a.png'), new File(['b'], 'b.png')]);
    chooseMode(before, 'full');
    await before.whenWritten();

    const studio = createTestStudio({ databaseOf: before });
    let ids = 0;
    Object.assign(studio.host, { newId: () => `later${++ids}` });
    const { readSetting } = studio.storage;
    let isDone = false;
    Object.assign(studio.storage, {
      async readSetting(key: string) {
        const found = await readSetting(key);
        if (!isDone && key === 'mode') {
          isDone = true;
          chooseMode(studio, 'pz');
          await saveCategory(studio, { name: 'nut', types: [] });
          await addExemplars(studio, 'nut', [new File(['n'], 'n.png')]);
        }
        return found;
      },
    });
    await boot(studio);
    const { mode, categories, exemplars } = studio.store.getState();
    expect(mode).toBe('pz');
    expect(categories.map(({ name }) => name).toSorted()).toEqual(['cap', 'nut']);
    expect(exemplars.map(({ name }) => name).toSorted()).toEqual(['a.png', 'b.png', 'n.png']);
  });

  it('keeps decisions and corrections of inspections that storage had no room for', async () => {
    const studio = createTestStudio();
    const run = runRecord({ id: 'r' });
    const said = { runId: 'r', author: 'Li', at: '2026-01-01T00:00:00.000Z', verdictSha256: 'v' };
    const decision = { ...said, decision: 'good', accepted: false, type: null, note: null } as const;
    const correction = { ...said, label: 'normal', regions: [] } as const;
    studio.unsaved.set('r', { run, stored: { ...RUN, schema: 'agentiad-trace/1' } as never });
    studio.store.setState(({ decisions, corrections }) => ({
      history: [run],
      decisions: withKey(decisions, 'r', decision),
      corrections: withKey(corrections, 'r', correction),
    }));
    await loadStored(studio);
    expect(studio.store.getState()).toMatchObject({
      history: [{ id: 'r' }],
      decisions: { r: decision },
      corrections: { r: correction },
    });
  });
});
