/** AUROC of labelled images with its bootstrap interval: images drawn with replacement within good and within bad. */
import type { Auroc } from '../protocol/recipe.ts';
import { createRandom } from '../support/random.ts';
import { percentiles } from './bootstrap.ts';
import type { LabelledScore, Scorer } from './labelledScore.ts';
import { scoredBy } from './labelledScore.ts';
import { computeAuroc } from './ranking.ts';

const ROUNDS = 1000;

/** Null where one label or every score is missing. Same cases, same interval. */
export function aurocOf(cases: readonly LabelledScore[], scorer: Scorer = 'agent'): Auroc | null {
  const scored = scoredBy(cases, scorer);
  const worst = (isBad: boolean) => (isBad ? -Infinity : Infinity);
  const ranked = scored
    .map(({ label, score }) => ({ isBad: label === 'anomalous', score: score ?? worst(label === 'anomalous') }))
    .sort((a, b) => (a.score === b.score ? 0 : a.score - b.score));
  const bad = ranked.flatMap(({ isBad }, index) => (isBad ? [index] : []));
  const good = ranked.flatMap(({ isBad }, index) => (isBad ? [] : [index]));
  if (bad.length === 0 || good.length === 0 || scored.every(({ score }) => score === null)) return null;
  // Ranked once: a draw is how often each image occurs, and its area one walk along the ranks.
  const random = createRandom(1);
  const times = new Uint32Array(ranked.length);
  const draws = Array.from({ length: ROUNDS }, () => {
    times.fill(0);
    for (const group of [bad, good]) group.forEach(() => times[group[random.integer(0, group.length - 1)]!]!++);
    return area();
  });
  const [low, high] = percentiles(draws);
  return { value: computeAuroc(scored), low, high };

  function area(): number {
    let [pairs, below] = [0, 0];
    for (let start = 0; start < ranked.length;) {
      let [tiedGood, tiedBad, end] = [0, 0, start];
      for (; end < ranked.length && ranked[end]!.score === ranked[start]!.score; end++) {
        if (ranked[end]!.isBad) tiedBad += times[end]!;
        else tiedGood += times[end]!;
      }
      pairs += tiedBad * (below + tiedGood / 2);
      below += tiedGood;
      start = end;
    }
    return pairs / (bad.length * good.length);
  }
}
