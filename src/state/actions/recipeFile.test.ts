// @vitest-environment node
/** A recipe as a file: out of one studio and into another, and what is told before anything is taken in. */
import 'fake-indexeddb/auto';
import { describe, expect, it } from 'vitest';
import { readRecipeFile } from '@agentiad/core/protocol/recipeFile.ts';
import { createTestStudio, noticeCodes, type TestStudio } from '../../testing/studioContext.ts';
import { planOf } from '../recipeOffer.ts';
import { recipeFor } from '../recipes.ts';
import { exemplarsOf } from '../studioState.ts';
import { addExemplars, saveCategory } from './library.ts';
import { watchExemplars } from './recipeExemplars.ts';
import { openRecipeFile, saveRecipeFile, takeRecipeOffer } from './recipeFile.ts';
import { editRecipe } from './recipes.ts';

const image = (name: string) => new File([new TextEncoder().encode(`pixels of ${name}`)], name);
const inUse = (studio: TestStudio) => recipeFor(studio.store.getState(), 'cap');

async function studioWithRecipe(): Promise<TestStudio> {
  const studio = createTestStudio();
  await watchExemplars(studio);
  await saveCategory(studio, { name: 'cap', types: ['dent'] });
  await addExemplars(studio, 'cap', [image('a.png'), image('b.png')]);
  await editRecipe(studio, 'cap', { specification: 'No dents.' });
  await editRecipe(studio, 'cap', {
    areas: {
      roi: [],
      ignore: [
        [
          [0, 0],
          [0.5, 0],
          [0, 0.5],
        ],
      ],
    },
  });
  return studio;
}

async function savedFile(studio: TestStudio): Promise<File> {
  await saveRecipeFile(studio, 'cap');
  const [name, content] = [...studio.savedFiles].at(-1)!;
  return new File([content], name);
}

async function planFor(studio: TestStudio) {
  const offer = studio.store.getState().recipeOffer!;
  return planOf(studio.store.getState(), offer, await studio.storage.listRecipeVersions(offer.recipe.id));
}

describe('a recipe file', () => {
  it('carries the recipe and its good parts unchanged into another studio, version and all', async () => {
    const from = await studioWithRecipe();
    const file = await savedFile(from);
    expect(file.name).toBe('cap-v2.agentiad-recipe');
    const to = createTestStudio();
    await watchExemplars(to);
    await openRecipeFile(to, file);
    expect(await planFor(to)).toMatchObject({
      isNewKind: true,
      clash: 'new',
      exemplars: { added: 2, known: 0 },
      missing: 0,
      model: 'any',
    });
    expect(to.store.getState().categories).toEqual([]);
    await takeRecipeOffer(to, 'as-is');
    expect(inUse(to)).toEqual(inUse(from));
    expect(exemplarsOf(to.store.getState(), 'cap').map(({ name }) => name)).toEqual(['a.png', 'b.png']);
    const again = await savedFile(to);
    const content = async (one: File) => readRecipeFile(new Uint8Array(await one.arrayBuffer()), one.name);
    expect(await content(again)).toEqual(await content(file));
    expect(noticeCodes(to)).toEqual([]);
  });

  it('of an earlier version is told so, and taken in as a version or beside; good parts here stay', async () => {
    const studio = await studioWithRecipe();
    const file = await savedFile(studio);
    await editRecipe(studio, 'cap', { pixelCap: 400_000 });
    await openRecipeFile(studio, file);
    expect(await planFor(studio)).toMatchObject({
      clash: 'earlier',
      versionHere: 3,
      exemplars: { added: 0, known: 2 },
    });
    await takeRecipeOffer(studio, 'version');
    expect(inUse(studio)).toMatchObject({ version: 4, pixelCap: null, specification: 'No dents.' });
    await openRecipeFile(studio, file);
    await takeRecipeOffer(studio, 'copy');
    expect(inUse(studio)).toMatchObject({ name: 'cap 2', version: 1, exemplarSha256: inUse(studio)!.exemplarSha256 });
    expect(studio.store.getState().recipes).toHaveLength(2);
    expect(exemplarsOf(studio.store.getState(), 'cap')).toHaveLength(2);
  });

  it('that is none, or newer, is named and changes nothing', async () => {
    const studio = createTestStudio();
    await openRecipeFile(studio, new File(['PK not a zip'], 'x.agentiad-recipe'));
    await openRecipeFile(studio, new File(['{"schema":"agentiad-recipe/2"}'], 'y.agentiad-recipe'));
    expect(noticeCodes(studio)).toEqual(['recipe-unreadable', 'recipe-newer']);
    expect(studio.store.getState()).toMatchObject({ recipeOffer: null, recipes: [], categories: [] });
  });
});
