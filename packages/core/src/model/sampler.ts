/**
 * Greedy and temperature / top-k / top-p sampling over raw logits, on the host, with a seeded stream. A GPU draws the
 * same ids from `settings` and `nextUniform` (kernels/sampler), because the arithmetic is the same whole numbers.
 */
import type { Random } from '../support/random.ts';
import { UserError } from '../support/userError.ts';
import { distanceScale, drawnMass, fixedTopP, fixedUniform, nucleusMass, sampleWeight } from './samplerArithmetic.ts';

export interface SamplerSettings {
  /** 0 takes the largest logit, the lowest id of equals. */
  readonly temperature: number;
  /** Only this many of the largest logits may be drawn, lower ids first among equals; 0 = all. */
  readonly topK: number;
  /** Of those, only the smallest set whose probability reaches this share (0, 1]. */
  readonly topP: number;
}

export interface Sampler {
  readonly settings: SamplerSettings;
  /** The next number in [0, 1) of the stream; `pick` takes one, unless the largest logit is taken. */
  nextUniform(): number;
  /** The next id from `logits` [V]. What is not finite is never picked; throws a UserError when nothing is finite. */
  pick(logits: Float32Array): number;
}

export const greedy: Sampler = {
  settings: { temperature: 0, topK: 0, topP: 1 },
  nextUniform: () => 0,
  pick(logits) {
    let best = -1;
    let largest = -Infinity;
    for (let id = 0; id < logits.length; id++) {
      const logit = logits[id]!;
      if (!Number.isFinite(logit) || logit <= largest) continue;
      best = id;
      largest = logit;
    }
    if (best < 0) throw noFiniteLogit();
    return best;
  },
};

/** Samples at `temperature` > 0; `topK` 0 or left out: all. */
export function createNucleusSampler(options: {
  temperature: number;
  topK?: number;
  topP: number;
  random: Random;
}): Sampler {
  const { temperature, topK = 0, topP, random } = options;
  const scale = distanceScale(temperature);
  return {
    settings: { temperature, topK, topP },
    nextUniform: () => random.next(),
    pick(logits) {
      const uniform = fixedUniform(random.next());
      const top = logits[greedy.pick(logits)]!;
      const weights = new Float64Array(logits.length);
      const ids: number[] = [];
      let total = 0;
      for (let id = 0; id < logits.length; id++) {
        const weight = Number.isFinite(logits[id]) ? sampleWeight(logits[id]!, top, scale) : 0;
        if (weight === 0) continue;
        weights[id] = weight;
        total += weight; // whole numbers: in any order
        ids.push(id);
      }
      const next = largestFirst(ids, logits);
      const taken: number[] = [];
      const sums: number[] = [];
      const take = () => {
        const id = next();
        taken.push(id);
        sums.push((sums.at(-1) ?? 0) + weights[id]!);
      };
      /** Of those taken one after the other, the first whose running sum reaches `mass`. */
      const reaching = (mass: number): number => {
        while ((sums.at(-1) ?? 0) < mass) take();
        return sums.findIndex((sum) => sum >= mass);
      };
      if (topK > 0 && topK < ids.length) {
        while (taken.length < topK) take();
        total = sums.at(-1)!;
      }
      const kept = topP < 1 ? sums[reaching(nucleusMass(total, fixedTopP(topP)))]! : total;
      return taken[reaching(drawnMass(kept, uniform))]!;
    },
  };
}

/** Hands out `ids` by their logits, the lower id first among equals: a heap, because few of them are ever asked for. */
function largestFirst(ids: number[], logits: Float32Array): () => number {
  const isBefore = (a: number, b: number) => logits[a]! > logits[b]! || (logits[a] === logits[b] && a < b);
  const sink = (from: number) => {
    for (let at = from; ;) {
      const left = 2 * at + 1;
      if (left >= ids.length) return;
      const child = left + 1 < ids.length && isBefore(ids[left + 1]!, ids[left]!) ? left + 1 : left;
      if (!isBefore(ids[child]!, ids[at]!)) return;
      [ids[at], ids[child]] = [ids[child]!, ids[at]!];
      at = child;
    }
  };
  for (let at = (ids.length >> 1) - 1; at >= 0; at--) sink(at);
  return () => {
    const [first] = ids;
    const last = ids.pop()!;
    if (ids.length > 0) {
      ids[0] = last;
      sink(0);
    }
    return first!;
  };
}

/** What a sampler throws, on whichever device, when no logit it may pick is finite. */
export function noFiniteLogit(): UserError {
  return new UserError({
    code: 'model-output',
    subject: 'The model',
    reason: 'None of the values it gave for the next token is a number.',
    remedy: 'Verify its weights; if they are sound, run it on another device.',
  });
}
