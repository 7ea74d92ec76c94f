/** Whether it can be told how a region's box came about. The box itself stands whatever became of its origin. Pure. */
import type { Region } from '../protocol/verdict.ts';
import { numbersOf, placeInFrame } from './askedPlace.ts';

/** True where the agent wrote numbers that nobody can read; a region that a tool computed has none to read. */
export function isOriginUnknown({ origin }: Pick<Region, 'origin'>): boolean {
  return origin.raw !== null && placeInFrame(numbersOf(origin.raw), origin.frame) === null;
}
