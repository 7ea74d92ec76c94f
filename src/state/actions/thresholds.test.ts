// @vitest-environment node
/** Where chosen thresholds are kept: by kind of part, and no longer than it. */
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { createTestStudio, type TestStudio } from '../../testing/studioContext.ts';
import { thresholdsOf } from '../thresholds.ts';
import { loadStored } from './boot.ts';
import { deleteCategory } from './deleteKind.ts';
import { saveCategory } from './library.ts';
import { resetThresholds, setThresholds } from './thresholds.ts';

const DEFAULTS = { t1: 0.35, t2: 0.65 };
const at = (studio: TestStudio, category: string | null) => thresholdsOf(studio.store.getState(), category);

/** Another tab on the same storage, as it was before anything was chosen. */
const otherTab = (studio: TestStudio): TestStudio => ({ ...createTestStudio(), storage: studio.storage });

describe('thresholds', () => {
  it('that two tabs choose for two kinds of part are both there after a reload', async () => {
    const one = createTestStudio();
    await saveCategory(one, { name: 'cap', types: [] });
    await saveCategory(one, { name: 'nut', types: [] });
    const two = otherTab(one);
    await setThresholds(one, 'cap', { t1: 0.1, t2: 0.2 });
    await setThresholds(two, 'nut', { t1: 0.3, t2: 0.4 });
    await setThresholds(two, null, { t1: 0.5, t2: 0.6 });
    const reloaded = otherTab(one);
    await loadStored(reloaded);
    expect(at(reloaded, 'cap')).toEqual({ t1: 0.1, t2: 0.2 });
    expect(at(reloaded, 'nut')).toEqual({ t1: 0.3, t2: 0.4 });
    expect(at(reloaded, null)).toEqual({ t1: 0.5, t2: 0.6 });
  });

  it('go with their kind of part: a new one of the same name begins as any other', async () => {
    const studio = createTestStudio();
    await saveCategory(studio, { name: 'cap', types: [] });
    await setThresholds(studio, 'cap', { t1: 0.1, t2: 0.2 });
    await deleteCategory(studio, 'cap');
    await saveCategory(studio, { name: 'cap', types: [] });
    expect(at(studio, 'cap')).toEqual(DEFAULTS);
    await loadStored(studio);
    expect(at(studio, 'cap')).toEqual(DEFAULTS);
  });

  it('of a studio that kept them all together come along, and can be taken back one by one', async () => {
    const studio = createTestStudio();
    await saveCategory(studio, { name: 'cap', types: [] });
    await saveCategory(studio, { name: 'nut', types: [] });
    await studio.storage.writeSetting('thresholds', { cap: { t1: 0.1, t2: 0.2 }, nut: { t1: 0.3, t2: 0.4 } });
    await loadStored(studio);
    await resetThresholds(studio, 'nut');
    await loadStored(studio);
    expect(at(studio, 'cap')).toEqual({ t1: 0.1, t2: 0.2 });
    expect(at(studio, 'nut')).toEqual(DEFAULTS);
  });
});
