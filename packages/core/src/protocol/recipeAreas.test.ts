import { strToU8 } from 'fflate';
import { describe, expect, it } from 'vitest';
import type { Areas, Polygon } from '../image/areas.ts';
import { WHOLE_IMAGE } from '../image/areas.ts';
import { refusalOfAreas } from './recipeAreas.ts';
import { readRecipeFile } from './recipeFile.ts';
import { testRecipe } from './testRecipe.ts';

const box = (from: number, to: number): Polygon => [
  [from, from],
  [to, from],
  [to, to],
  [from, to],
];

describe('areas of a recipe', () => {
  it.each<[string, Areas, boolean]>([
    ['the whole image', WHOLE_IMAGE, true],
    ['a region with a place to ignore in it', { roi: [box(0.2, 0.8)], ignore: [box(0.3, 0.8)] }, true],
    ['a region that is ignored', { roi: [box(0.2, 0.8)], ignore: [box(0.1, 0.9)] }, false],
    ['an image that is ignored', { roi: [], ignore: [box(0, 1)] }, false],
    ['a region without extent', { roi: [box(0.5, 0.5)], ignore: [] }, false],
  ])('%s: %#', (_what, areas, isFine) => {
    expect(refusalOfAreas(areas, 'Caps') === null).toBe(isFine);
  });

  it('that leave nothing to inspect are refused with the file that brings them', () => {
    const areas = { roi: [box(0.2, 0.8)], ignore: [box(0.1, 0.9)] };
    const file = strToU8(JSON.stringify({ ...testRecipe, areas }));
    expect(() => readRecipeFile(file, 'caps.json')).toThrow(
      expect.objectContaining({ code: 'recipe-inspects-nothing', subject: 'caps.json' }),
    );
  });
});
