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
    logits.forEach((logit, id) => {
      if (!Number.isFinite(logit) || logit <= largest) return;
      best = id;
      largest = logit;
    });
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
      const weightOf = (logit: number) => (Number.isFinite(logit) ? sampleWeight(logit, top, scale) : 0);
      const ids = Array.from(logits.keys()).filter((id) => weightOf(logits[id]!) > 0);
      ids.sort((a, b) => logits[b]! - logits[a]!);
      if (topK > 0) ids.splice(topK);
      const sums: number[] = [];
      for (const id of ids) sums.push((sums.at(-1) ?? 0) + weightOf(logits[id]!));
      const indexReaching = (mass: number) => sums.findIndex((sum) => sum >= mass);
      const kept = indexReaching(nucleusMass(sums.at(-1)!, fixedTopP(topP)));
      return ids[indexReaching(drawnMass(sums[kept]!, uniform))]!;
    },
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
