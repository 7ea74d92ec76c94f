// @vitest-environment node
/** Kinds of part called like something that every object of JavaScript has. */
import 'fake-indexeddb/auto';
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import { describe, expect, it } from 'vitest';
import { createTestStudio } from '../../testing/studioContext.ts';
import { newExemplars } from '../expectedTime.ts';
import { thresholdsOf } from '../thresholds.ts';
import { validationOf } from '../validations.ts';
import { loadStored } from './boot.ts';
import { beginImport, takeImport } from './importing.ts';
import { addLabelled, readLabelled } from './labelled.ts';
import { addExemplars, saveCategory } from './library.ts';
import { ensureRecipe } from './recipes.ts';
import { resetThresholds, setThresholds } from './thresholds.ts';
import { readValidation } from './validate.ts';

const file = (name: string) => new File([name], name);

describe.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('a kind of part called %s', (name) => {
  it('begins as any other and keeps what is said of it, also after a reload', async () => {
    const studio = createTestStudio();
    const state = () => studio.store.getState();
    await saveCategory(studio, { name, types: ['constructor'] });
    expect(thresholdsOf(state(), name)).toEqual(DEFAULT_THRESHOLDS);
    const { labelled, validations, health } = state();
    expect([labelled[name], validations[name], health[name]]).toEqual([undefined, undefined, undefined]);
    await setThresholds(studio, name, { t1: 0.2, t2: 0.7 });
    await addExemplars(studio, name, [file('good.png')]);
    await addLabelled(studio, name, [file('bad.png')], 'anomalous');
    expect(newExemplars(state(), name)).toBe(1);
    expect(state().labelled[name]).toMatchObject([{ name: 'bad.png', category: name }]);
    const there = createTestStudio({ databaseOf: studio });
    await loadStored(there);
    expect(thresholdsOf(there.store.getState(), name)).toMatchObject({ t1: 0.2, t2: 0.7 });
    expect(await readLabelled(there, name)).toHaveLength(1);
    await resetThresholds(there, name);
    expect(thresholdsOf(there.store.getState(), name)).toEqual(DEFAULT_THRESHOLDS);
  });

  it('has a recipe and no validation that nobody made', async () => {
    const studio = createTestStudio();
    await saveCategory(studio, { name, types: [] });
    expect(validationOf(studio.store.getState(), name)).toBeNull();
    expect(await ensureRecipe(studio, name)).toMatchObject({ category: name, ...DEFAULT_THRESHOLDS });
    expect(await readValidation(studio, name)).toBeNull();
  });

  it('comes in as a folder of that name', async () => {
    const studio = createTestStudio();
    const paths = [`set/${name}/train/good/1.png`, `set/${name}/test/good/2.png`, 'set/cap/train/good/3.png'];
    await beginImport(
      studio,
      null,
      paths.map((path) => ({ path, file: file(path.split('/').at(-1)!) })),
    );
    await takeImport(studio);
    expect(
      studio.store
        .getState()
        .exemplars.map(({ category }) => category)
        .toSorted(),
    ).toEqual([name, 'cap'].toSorted());
  });
});
