// @vitest-environment node
/** Recipes as people change them: every change a version, nothing lost, taken back and taken up again. */
import 'fake-indexeddb/auto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { rateOf } from '@agentiad/core/validation/binomial.ts';
import type { Recipe, RecipeValidation } from '@agentiad/core/protocol/recipe.ts';
import { exemplarRecord } from '../../testing/records.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { recipeFor, standingOf, validatedWith } from '../recipes.ts';
import { modeFor } from '../studioState.ts';
import { thresholdsOf } from '../thresholds.ts';
import { loadStored } from './boot.ts';
import { redoLast, undoLast } from './changes.ts';
import { keepWaiting } from './keepRecipe.ts';
import { saveCategory } from './library.ts';
import { exemplarsSettled, watchExemplars } from './recipeExemplars.ts';
import {
  chooseRecipe,
  deleteRecipe,
  duplicateRecipe,
  editRecipe,
  ensureRecipe,
  keepValidation,
  restoreVersion,
} from './recipes.ts';
import { moveThresholds, resetThresholds, setThresholds } from './thresholds.ts';

const inUse = (studio: TestStudio) => recipeFor(studio.store.getState(), 'cap');
const otherTab = (studio: TestStudio): TestStudio => ({ ...createTestStudio(), storage: studio.storage });
const good = (id: string, added = '2026-01-01T00:00:00.000Z') => ({
  ...exemplarRecord({ id, category: 'cap', name: `${id}.png`, sha256: `sha-${id}` }),
  added,
});

async function studioWithCap(): Promise<TestStudio> {
  const studio = createTestStudio();
  await saveCategory(studio, { name: 'cap', types: ['scratch'] });
  const exemplars = [good('a'), good('b')];
  await studio.storage.putExemplars(exemplars);
  studio.store.setState({ exemplars });
  return studio;
}

/** As a wizard would find it: no escape and no overkill in 40 images. */
function validationOf(studio: TestStudio, recipe: Recipe): RecipeValidation {
  const state = studio.store.getState();
  return {
    date: '2026-05-01T12:00:00.000Z',
    n: 40,
    good: 20,
    bad: 20,
    status: 'validated',
    reasons: [],
    with: validatedWith(state, recipe, state.engine)!,
    modelSha256: 'any',
    stale: false,
    escape: rateOf(0, 20),
    overkill: rateOf(0, 20),
    review: rateOf(0, 40),
    auroc: null,
    libraryMatchAuroc: null,
    calibration: null,
    costRatio: 10,
  };
}

describe('the recipe of a kind of part', () => {
  it('comes with the first thing that is changed, as inspections were made before, and is there after a reload', async () => {
    const studio = await studioWithCap();
    expect(inUse(studio)).toBeNull();
    await setThresholds(studio, 'cap', { t1: 0.2, t2: 0.9 });
    expect(inUse(studio)).toBeNull();
    await editRecipe(studio, 'cap', { specification: 'No scratches on the rim.' });
    const recipe = inUse(studio)!;
    expect(recipe).toMatchObject({ version: 1, name: 'cap', types: ['scratch'], t1: 0.2, t2: 0.9, mode: 'full' });
    expect(recipe.exemplarSha256).toEqual(['sha-a', 'sha-b']);
    const reloaded = otherTab(studio);
    await loadStored(reloaded);
    expect(inUse(reloaded)).toEqual(recipe);
  });

  it('gets one more version with every change; the same again is no change; the old ones stay and come back', async () => {
    const studio = await studioWithCap();
    const { id } = (await ensureRecipe(studio, 'cap'))!;
    await editRecipe(studio, 'cap', { pixelCap: 400_000 });
    await editRecipe(studio, 'cap', { pixelCap: 400_000 });
    await editRecipe(studio, 'cap', { mode: 'pz' });
    expect(inUse(studio)).toMatchObject({ version: 3, pixelCap: 400_000, tools: ['crop_image_normalized'] });
    await restoreVersion(studio, id, 1);
    expect(inUse(studio)).toMatchObject({ version: 4, pixelCap: null, mode: 'full' });
    const versions = await studio.storage.listRecipeVersions(id);
    expect(versions.map(({ version, pixelCap }) => [version, pixelCap])).toEqual([
      [1, null],
      [2, 400_000],
      [3, 400_000],
      [4, null],
    ]);
  });

  it('decides mode and thresholds of its inspections; moving a handle edits it when it is let go', async () => {
    const studio = await studioWithCap();
    studio.store.setState({ mode: 'cot' });
    await ensureRecipe(studio, 'cap');
    await editRecipe(studio, 'cap', { mode: 'pz+cr' });
    expect(modeFor(studio.store.getState(), 'cap')).toBe('pz+cr');
    expect(modeFor(studio.store.getState(), null)).toBe('cot');
    moveThresholds(studio, 'cap', { t1: 0.1, t2: 0.5 });
    expect(thresholdsOf(studio.store.getState(), 'cap')).toMatchObject({ t1: 0.1, t2: 0.5 });
    expect(inUse(studio)).toMatchObject({ version: 2, t1: 0.35 });
    await setThresholds(studio, 'cap', { t1: 0.1, t2: 0.6 });
    expect(inUse(studio)).toMatchObject({ version: 3, t1: 0.1, t2: 0.6 });
    expect(thresholdsOf(studio.store.getState(), null)).toMatchObject({ t1: 0.35, t2: 0.65 });
    await resetThresholds(studio, 'cap');
    expect(inUse(studio)).toMatchObject({ version: 4, t1: 0.35, t2: 0.65 });
  });

  it('asks about other defects: so does its kind of part', async () => {
    const studio = await studioWithCap();
    await editRecipe(studio, 'cap', { types: ['dent', 'crack'] });
    await editRecipe(studio, 'cap', { types: ['dent'] });
    expect(studio.store.getState().categories).toMatchObject([{ name: 'cap', types: ['dent'] }]);
  });

  it('is deleted and comes back with its versions; another one of the kind takes its place meanwhile', async () => {
    const studio = await studioWithCap();
    const first = (await ensureRecipe(studio, 'cap'))!;
    await editRecipe(studio, 'cap', { pixelCap: 400_000 });
    await duplicateRecipe(studio, first.id);
    expect(inUse(studio)).toMatchObject({ name: 'cap 2', version: 1, pixelCap: 400_000, validation: null });
    await chooseRecipe(studio, 'cap', first.id);
    await deleteRecipe(studio, first.id);
    expect(inUse(studio)?.name).toBe('cap 2');
    await undoLast(studio);
    expect(inUse(studio)).toMatchObject({ id: first.id, version: 2 });
    expect(await studio.storage.listRecipeVersions(first.id)).toHaveLength(2);
    await redoLast(studio);
    const reloaded = otherTab(studio);
    await loadStored(reloaded);
    expect(reloaded.store.getState().recipes.map(({ name }) => name)).toEqual(['cap 2']);
  });

  it('is taken back change by change, each as a version of its own', async () => {
    const studio = await studioWithCap();
    await editRecipe(studio, 'cap', { pixelCap: 400_000 });
    await editRecipe(studio, 'cap', { pixelCap: 200_000 });
    await undoLast(studio);
    expect(inUse(studio)).toMatchObject({ version: 3, pixelCap: 400_000 });
    await redoLast(studio);
    expect(inUse(studio)).toMatchObject({ version: 4, pixelCap: 200_000 });
    await undoLast(studio);
    await undoLast(studio);
    expect(inUse(studio)).toBeNull();
  });
});

describe('what is typed', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  it('is one change until there is a pause, shown at once and stored after it', async () => {
    const studio = await studioWithCap();
    const { id } = (await ensureRecipe(studio, 'cap'))!;
    for (const specification of ['N', 'No', 'No scratches'])
      await editRecipe(studio, 'cap', { specification }, { typing: true });
    expect(inUse(studio)).toMatchObject({ version: 2, specification: 'No scratches' });
    expect(await studio.storage.listRecipeVersions(id)).toHaveLength(1);
    vi.advanceTimersByTime(700);
    await keepWaiting(studio);
    expect((await studio.storage.listRecipeVersions(id)).map((recipe) => recipe.specification)).toEqual([
      '',
      'No scratches',
    ]);
    await undoLast(studio);
    expect(inUse(studio)).toMatchObject({ version: 3, specification: '' });
  });

  it('is stored before something else is changed', async () => {
    const studio = await studioWithCap();
    const { id } = (await ensureRecipe(studio, 'cap'))!;
    await editRecipe(studio, 'cap', { specification: 'No scratches' }, { typing: true });
    await editRecipe(studio, 'cap', { pixelCap: 400_000 });
    const versions = await studio.storage.listRecipeVersions(id);
    expect(versions.map(({ specification, pixelCap }) => [specification, pixelCap])).toEqual([
      ['', null],
      ['No scratches', null],
      ['No scratches', 400_000],
    ]);
  });
});

describe('good parts and the recipe', () => {
  it('enter it together, leave it when they are switched off, and never enter again what was taken out by hand', async () => {
    const studio = await studioWithCap();
    await ensureRecipe(studio, 'cap');
    await watchExemplars(studio);
    studio.store.setState(({ exemplars }) => ({ exemplars: [...exemplars, good('c')] }));
    studio.store.setState(({ exemplars }) => ({ exemplars: [...exemplars, good('d')] }));
    await exemplarsSettled(studio);
    expect(inUse(studio)).toMatchObject({ version: 2, exemplarSha256: ['sha-a', 'sha-b', 'sha-c', 'sha-d'] });
    await editRecipe(studio, 'cap', { exemplarSha256: ['sha-a', 'sha-b', 'sha-c'] });
    studio.store.setState(({ exemplars }) => ({
      exemplars: exemplars.map((exemplar) => (exemplar.id === 'a' ? { ...exemplar, enabled: false } : exemplar)),
    }));
    await exemplarsSettled(studio);
    expect(inUse(studio)).toMatchObject({ version: 4, exemplarSha256: ['sha-b', 'sha-c'] });
  });

  it('that came in the moment the page was closed are in it after the next start', async () => {
    const studio = await studioWithCap();
    await ensureRecipe(studio, 'cap');
    await watchExemplars(studio);
    await studio.storage.putExemplar(good('late', '2026-05-01T12:00:01.000Z'));
    const reloaded = otherTab(studio);
    await loadStored(reloaded);
    expect(inUse(reloaded)).toMatchObject({ version: 2, exemplarSha256: ['sha-a', 'sha-b', 'sha-late'] });
  });
});

describe('what validation found', () => {
  it('holds until something it was found with is changed, and again when that is changed back', async () => {
    const studio = await studioWithCap();
    const recipe = (await ensureRecipe(studio, 'cap'))!;
    expect(standingOf(studio.store.getState(), recipe)).toEqual({ state: 'unvalidated' });
    await keepValidation(studio, recipe.id, validationOf(studio, recipe));
    expect(inUse(studio)!.version).toBe(1);
    expect(standingOf(studio.store.getState(), inUse(studio)!)).toEqual({ state: 'validated' });
    await editRecipe(studio, 'cap', { name: 'Caps', namePattern: '{part}' });
    expect(inUse(studio)!.validation!.stale).toBe(false);
    await editRecipe(studio, 'cap', { specification: 'No scratches' });
    expect(inUse(studio)!.validation!.stale).toBe(true);
    expect(standingOf(studio.store.getState(), inUse(studio)!)).toMatchObject({
      state: 'stale',
      changes: [{ what: 'specification' }],
    });
    await editRecipe(studio, 'cap', { specification: '' });
    expect(standingOf(studio.store.getState(), inUse(studio)!)).toEqual({ state: 'validated' });
  });

  it('is counted anew when the thresholds are moved, from what came of each image', async () => {
    const studio = await studioWithCap();
    const recipe = (await ensureRecipe(studio, 'cap'))!;
    const validation = validationOf(studio, recipe);
    const { id, version, name } = recipe;
    await studio.storage.putValidation({
      id: 'val',
      recipe: { id, version, name },
      category: 'cap',
      created: validation.date,
      status: 'complete',
      with: validation.with,
    });
    const outcome = (n: number, truth: 'normal' | 'anomalous', score: number) =>
      studio.storage.putOutcome({
        validationId: 'val',
        sha256: `x${n}`,
        name: `${n}.png`,
        truth,
        runId: `r${n}`,
        score,
        libraryScore: null,
        durationMs: 1000,
        libraryMs: null,
      });
    for (const [n, [truth, score]] of (
      [
        ['normal', 0.1],
        ['normal', 0.5],
        ['anomalous', 0.4],
        ['anomalous', 0.9],
      ] as const
    ).entries())
      await outcome(n, truth, score);
    await keepValidation(studio, id, validation);
    await setThresholds(studio, 'cap', { t1: 0.45, t2: 0.47 });
    expect(inUse(studio)).toMatchObject({
      version: 2,
      validation: { escape: { count: 1, of: 2 }, overkill: { count: 1, of: 2 }, review: { count: 0, of: 4 } },
    });
    await undoLast(studio);
    expect(inUse(studio)).toMatchObject({
      version: 3,
      ...{ t1: 0.35, t2: 0.65 },
      validation: { escape: { count: 0, of: 2 }, overkill: { count: 0, of: 2 }, review: { count: 2, of: 4 } },
    });
    await restoreVersion(studio, id, 2);
    expect(inUse(studio)).toMatchObject({ version: 4, validation: { escape: { count: 1, of: 2 } } });
  });
});

describe('areas', () => {
  const box = (from: number, to: number) =>
    [
      [from, from],
      [to, from],
      [to, to],
      [from, to],
    ] as const;

  it('that leave nothing to inspect are refused by name, and those before stay', async () => {
    const studio = await studioWithCap();
    const fine = { roi: [box(0.2, 0.8)], ignore: [] };
    await editRecipe(studio, 'cap', { areas: fine });
    await editRecipe(studio, 'cap', { areas: { ...fine, ignore: [box(0.1, 0.9)] } });
    expect(inUse(studio)).toMatchObject({ version: 1, areas: fine });
    expect(noticeCodes(studio)).toEqual(['recipe-inspects-nothing']);
  });
});

describe('a validation that is marked as out of date', () => {
  it('is so on the page too, also where nothing tells any more what was changed', async () => {
    const studio = await studioWithCap();
    const recipe = (await ensureRecipe(studio, 'cap'))!;
    await keepValidation(studio, recipe.id, validationOf(studio, recipe));
    const stale = { ...inUse(studio)!, validation: { ...inUse(studio)!.validation!, stale: true } };
    expect(standingOf(studio.store.getState(), stale)).toEqual({ state: 'stale', changes: [{ what: 'recipe' }] });
  });
});
