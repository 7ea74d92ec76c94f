/** Labelled decisions, for tests: what was said and scored of a bad and of a good part. */
import type { Decision } from './metrics.ts';

export const bad = (saysAnomalous: boolean | null, score: number | null = null): Decision => ({
  label: 'anomalous',
  saysAnomalous,
  score,
});
export const good = (saysAnomalous: boolean | null, score: number | null = null): Decision => ({
  label: 'normal',
  saysAnomalous,
  score,
});
