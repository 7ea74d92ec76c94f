/**
 * Held-out families: whole generators never seen in training, one texture, one object, one printed. They share no
 * texture or shape generator with the training families: leather is cell noise (training uses value noise), the crown
 * cap is built from polar curves on a woven cloth, the dial has its own numerals, ticks and desk. Only the renderer
 * (primitives, light, camera) and the defect types are common. Fixed before the first training run.
 */
import { listFamilies } from './families/index.ts';
import type { Family } from './types.ts';

export const HELD_OUT_FAMILIES = ['leather', 'bottleCap', 'dialFace'] as const;

export function familiesOf(split: 'train' | 'heldOut'): readonly Family[] {
  const isHeldOut = (family: Family) => (HELD_OUT_FAMILIES as readonly string[]).includes(family.name);
  return listFamilies().filter((family) => isHeldOut(family) === (split === 'heldOut'));
}
