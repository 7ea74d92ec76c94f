/** Tests only: what a validation was made with. */
import { WHOLE_IMAGE } from '../image/areas.ts';
import type { ValidatedWith } from '../protocol/recipe.ts';

export const validatedWith: ValidatedWith = {
  modelSha256: 'a'.repeat(64),
  towerSha256: 'f'.repeat(64),
  mode: 'full',
  tools: ['difference', 'crop_image_normalized', 'query_image'],
  types: ['scratch'],
  specification: '',
  areas: WHOLE_IMAGE,
  pixelCap: null,
  exemplarSha256: ['e1', 'e2'],
  triage: null,
};
