/** Tests only: labelled images with given scores. */
import { createRandom } from '../support/random.ts';
import type { LabelledScore } from './labelledScore.ts';

export function labelled(
  truth: LabelledScore['truth'],
  score: number | null,
  libraryScore: number | null = null,
): LabelledScore {
  return { id: 'case', truth, score, libraryScore, seconds: 1 };
}
export const badCase = (score: number | null, libraryScore?: number) => labelled('anomalous', score, libraryScore);
export const goodCase = (score: number | null, libraryScore?: number) => labelled('normal', score, libraryScore);

/** Half good, half bad; each score tells the chance of being bad when `isCalibrated`, else is squeezed to the edges. */
export function drawCases(n: number, seed: number, { isCalibrated = true } = {}): LabelledScore[] {
  const random = createRandom(seed);
  return Array.from({ length: n }, () => {
    const chance = random.next();
    const isBad = random.next() < chance;
    const odds = (chance / (1 - chance)) ** 3;
    const score = isCalibrated ? chance : odds / (1 + odds);
    return labelled(isBad ? 'anomalous' : 'normal', score, 2 * chance);
  });
}
