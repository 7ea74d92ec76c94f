import { afterAll, beforeAll, it } from 'vitest';
import type { SelectedBackend } from '../host/backend.ts';
import { selectBackend } from '../host/backend.ts';
import { CROSS_ENTROPY_CASES, expectCrossEntropy } from '../sft/crossEntropyCases.ts';

let selected: SelectedBackend;

beforeAll(async () => {
  selected = await selectBackend('webgpu');
});
afterAll(() => selected.dispose());

it.each(CROSS_ENTROPY_CASES)('cross-entropy in single programs agrees with float64 %s', async (_, own) => {
  // Exponentials on a GPU may be off by some units in the last place for every unit of their argument.
  await expectCrossEntropy(own, 5e-5);
});
