import type { Random } from '@agentiad/core/support/random.ts';
import { createRandom, mixSeed } from '@agentiad/core/support/random.ts';

/**
 * The random stream of one case of a run. The seed is mixed: streams of neighbouring plain seeds begin with nearly the
 * same number, and a choice made by it would fall the same way for every case.
 */
export function caseRandom(runSeed: number, index: number): Random {
  return createRandom(mixSeed('case', runSeed, index));
}
