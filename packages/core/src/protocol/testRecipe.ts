/** Tests only: a recipe with everything that a test does not speak of. */
import { WHOLE_IMAGE } from '../image/areas.ts';
import { MODES } from './modes.ts';
import type { Recipe } from './recipe.ts';

export const testRecipe: Recipe = {
  schema: 'agentiad-recipe/1',
  id: 'caps',
  version: 2,
  name: 'Bottle caps',
  saved: '2026-01-01T00:00:00.000Z',
  category: 'cap',
  types: ['scratch', 'dent'],
  specification: '',
  areas: WHOLE_IMAGE,
  pixelCap: null,
  mode: 'full',
  tools: MODES.full,
  t1: 0.3,
  t2: 0.7,
  triage: null,
  modelId: null,
  modelSha256: null,
  exemplarSha256: [],
  namePattern: null,
  validation: null,
};
