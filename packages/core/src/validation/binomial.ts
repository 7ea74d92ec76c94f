/**
 * Exact (Clopper-Pearson, 1934) intervals of a share, by the binomial distribution itself. Small on purpose: the packages
 * that offer the beta quantile bring hundreds of others with them or are no longer maintained.
 */
import type { Rate } from '../protocol/recipe.ts';
import { assert } from '../support/assert.ts';

/** `count` of `of` with the two-sided 95 % interval of the share; all shares are possible where `of` is 0. */
export function rateOf(count: number, of: number): Rate {
  assert(Number.isInteger(count) && Number.isInteger(of) && 0 <= count && count <= of, `${count} of ${of} is no share`);
  return {
    count,
    of,
    rate: of === 0 ? null : count / of,
    low: lowerShare(count, of, 0.025),
    high: 1 - lowerShare(of - count, of, 0.025),
  };
}

/** The largest share that `count` of `of` leaves possible at 95 % (one-sided): 0 of 30 means up to 0.095. */
export function upperBound(count: number, of: number): number {
  return 1 - lowerShare(of - count, of, 0.05);
}

/** How many parts without a single event show, at 95 %, that the share of it is at most `claim` (0..1): 29 for 0.1. */
export function imagesNeeded(claim: number): number {
  assert(claim > 0 && claim < 1, `a share between 0 and 1, not ${claim}`);
  return Math.ceil(Math.log(0.05) / Math.log1p(-claim));
}

/** The share at which `count` or more of `of` happens with probability `alpha`. */
function lowerShare(count: number, of: number, alpha: number): number {
  if (count === 0) return 0;
  if (count === of) return alpha ** (1 / of);
  // Newton's steps inside a bracket that halves where they would leave it; the slope of the tail is known exactly.
  let [low, high] = [0, count / of];
  let share = high / 2;
  for (let step = 0; step < 100; step++) {
    const { tail, slope } = upperTail(count, of, share);
    if (tail > alpha) high = share;
    else low = share;
    const next = share - (tail - alpha) / slope;
    const inside = next > low && next < high ? next : (low + high) / 2;
    if (Math.abs(inside - share) <= 1e-14 * share) return inside;
    share = inside;
  }
  return share;
}

/** Probability of `count` or more of `of` at this share of each, and how it grows with the share. */
function upperTail(count: number, of: number, share: number): { tail: number; slope: number } {
  const logFirst =
    logFactorial(of) -
    logFactorial(count) -
    logFactorial(of - count) +
    count * Math.log(share) +
    (of - count) * Math.log1p(-share);
  const odds = share / (1 - share);
  // Below the mean, terms only fall: they are summed until they no longer count.
  let term = 1;
  let sum = 1;
  for (let k = count + 1; k <= of && term > 1e-17 * sum; k++) {
    term *= ((of - k + 1) / k) * odds;
    sum += term;
  }
  const first = Math.exp(logFirst);
  return { tail: first * sum, slope: (count / share) * first };
}

/** Grown as far as anybody asked. */
const logFactorials = [0];

function logFactorial(n: number): number {
  for (let k = logFactorials.length; k <= n; k++) logFactorials.push(logFactorials[k - 1]! + Math.log(k));
  return logFactorials[n]!;
}
