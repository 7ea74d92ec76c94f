/** McNemar's exact test: do two runs over the same images differ in how many they get right? */

/**
 * Two-sided p-value from the images that exactly one of the runs got right: under no difference each is a coin toss. 1
 * where the runs never disagree.
 */
export function mcNemarExact(onlyA: number, onlyB: number): number {
  const n = onlyA + onlyB;
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  for (let k = 1; k <= Math.min(onlyA, onlyB); k++) {
    logTerm += Math.log(n - k + 1) - Math.log(k);
    tail += Math.exp(logTerm);
  }
  return Math.min(1, 2 * tail);
}
