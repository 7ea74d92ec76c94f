/** A few demonstrations on images too small to zoom into: there the student learns to answer after an error. */
import type { Random } from '@agentiad/core/support/random.ts';
import { resizeRaster } from '@agentiad/core/image/resize.ts';
import type { LabelledCase } from '../data/labelledCase.ts';

const SHARE = 0.03;
const SIDES = [4, 28] as const;

/** The same case, for a small share of the draws shrunk below the smallest crop. */
export function shrinkSome(example: LabelledCase, random: Random): LabelledCase {
  if (random.next() >= SHARE) return example;
  const side = random.integer(...SIDES);
  return {
    ...example,
    // The defect may be invisible now: where to look is anybody's guess.
    boxes: [],
    decoy: undefined,
    part: async () => {
      const part = await example.part();
      return { ...part, raster: resizeRaster(part.raster, side, side) };
    },
  };
}
