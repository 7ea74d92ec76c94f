/** Student's t distribution function by Wallace's (1959) normal approximation: within 0.01 from 2 degrees of freedom on. */
export function studentCdf(t: number, freedom: number): number {
  const z = ((8 * freedom + 1) / (8 * freedom + 3)) * Math.sqrt(freedom * Math.log1p((t * t) / freedom));
  return normalCdf(t < 0 ? -z : z);
}

/** Logistic form of the normal distribution function (Page, 1977): within 0.0002. */
function normalCdf(z: number): number {
  return 1 / (1 + Math.exp(-z * (1.5976 + 0.070566 * z * z)));
}
