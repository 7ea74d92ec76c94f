/**
 * Sampling in whole numbers, so that the host and every GPU draw the same id from the same logits: no sum depends on its
 * order and no exponential on the device. Probabilities are weights of 0..2^31 relative to the largest logit's 2^31;
 * their sums stay below 2^53. The kernel in kernels/sampler repeats this arithmetic word for word.
 */

const two32 = 2 ** 32;

/** Fraction bits of a distance below the largest logit, in powers of two. */
const fractionBits = 16;

/** Distances from here on have weight 0. */
export const largestDistance = 32 * 2 ** fractionBits;

/** 2^-f for f in [0, 1) is 1 - f (c0 - f (c1 - f (c2 - f c3))), all in units of 2^-16, off by a share of 6e-5 at most. */
export const exponentialTerms = [45427, 15721, 3526, 464] as const;

/** What a logit's distance below the largest is multiplied with; 0 stands for temperature 0, the largest logit alone. */
export function distanceScale(temperature: number): number {
  if (temperature === 0) return 0;
  return Math.fround(Math.min(2 ** 64, (2 ** fractionBits * Math.LOG2E) / temperature));
}

/** Weight of a logit, both f32; `top` is the largest. */
export function sampleWeight(logit: number, top: number, scale: number): number {
  const distance = Math.fround(Math.fround(top - logit) * scale);
  if (distance >= largestDistance) return 0;
  const whole = Math.floor(distance);
  const f = whole & 0xffff;
  const [c0, c1, c2, c3] = exponentialTerms;
  const mantissa = 0x10000 - share(f, c0 - share(f, c1 - share(f, c2 - share(f, c3))));
  return Math.floor((mantissa * 2 ** 15) / 2 ** (whole >> 16));
}

/** f times a term, both in units of 2^-16, rounded. */
function share(f: number, term: number): number {
  return Math.floor((f * term + 0x8000) / 0x10000);
}

/** `topP` in units of 2^-32; 0 stands for 1, everything. */
export function fixedTopP(topP: number): number {
  return topP >= 1 ? 0 : Math.min(two32 - 1, Math.max(1, Math.round(topP * two32)));
}

/** The mass a nucleus must reach: `topP` (as of `fixedTopP`) of `total`, rounded up. */
export function nucleusMass(total: number, topP: number): number {
  if (topP === 0) return total;
  return Number((BigInt(total) * BigInt(topP) + BigInt(two32 - 1)) / BigInt(two32));
}

/** A draw in [0, 1) in units of 2^-32. */
export function fixedUniform(uniform: number): number {
  return Math.floor(uniform * two32);
}

/** The first id whose running sum of weights reaches this mass is the one drawn; in 1..`mass`. */
export function drawnMass(mass: number, uniform: number): number {
  return Number((BigInt(mass) * BigInt(uniform)) / BigInt(two32)) + 1;
}
