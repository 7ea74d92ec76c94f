/**
 * Estimators of KL(policy || reference) from one token's d = log policy - log reference (training.md §3.2), in float64,
 * for metrics. As losses (`objective.ts`): the gradient of k2 is unbiased on-policy, that of k1 has zero mean, that of k3
 * (the papers' choice) is biased but always pulls towards the reference.
 */
export const KL_ESTIMATORS = ['k1', 'k2', 'k3'] as const;
export type KlEstimator = (typeof KL_ESTIMATORS)[number];

export function estimateKl(estimator: KlEstimator, d: number): number {
  switch (estimator) {
    case 'k1':
      return d;
    case 'k2':
      return (d * d) / 2;
    case 'k3':
      return Math.expm1(-d) + d;
  }
}
