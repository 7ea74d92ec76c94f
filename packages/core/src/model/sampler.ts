/** Greedy and temperature / top-p sampling over raw logits, on the host, with a seeded stream. */
import type { Random } from '../support/random.ts';

export interface Sampler {
  /** Picks the next id from `logits` [V]; entries at -Infinity are never picked. */
  pick(logits: Float32Array): number;
}

export const greedy: Sampler = {
  pick(logits) {
    let best = 0;
    for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id;
    return best;
  },
};

/** Nucleus sampling: softmax at `temperature` > 0, smallest set of ids whose probability reaches `topP` (0, 1]. */
export function createNucleusSampler(options: { temperature: number; topP: number; random: Random }): Sampler {
  const { temperature, topP, random } = options;
  return {
    pick(logits) {
      const order = Array.from(logits.keys()).filter((id) => logits[id]! > -Infinity);
      order.sort((a, b) => logits[b]! - logits[a]!);
      const top = logits[order[0]!]!;
      const weights = order.map((id) => Math.exp((logits[id]! - top) / temperature));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      let kept = 0;
      let mass = 0;
      while (kept < order.length && mass < topP * total) mass += weights[kept++]!;
      let point = random.next() * mass;
      for (let i = 0; i < kept; i++) {
        point -= weights[i]!;
        if (point < 0) return order[i]!;
      }
      return order[kept - 1]!;
    },
  };
}
