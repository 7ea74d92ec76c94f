/** Thresholds of the baselines: from leaving exemplars out, or from the training split; never from the images under test. */
import type { BaselineScore } from './baselines.ts';
import type { Scored } from '@agentiad/core/validation/ranking.ts';

export const THRESHOLD_SOURCES = ['leaving exemplars out', 'training split', 'none'] as const;
export type ThresholdSource = (typeof THRESHOLD_SOURCES)[number];

/**
 * Threshold with the best balanced accuracy on labelled training cases, half-way between two scores; with good parts
 * alone their largest score. Null without any good part.
 */
export function fitThreshold(cases: readonly Scored[]): number | null {
  const scored = cases.flatMap(({ label, score }) => (score === null ? [] : [{ label, score }]));
  const good = scored.filter(({ label }) => label === 'normal').map(({ score }) => score);
  const bad = scored.filter(({ label }) => label === 'anomalous').map(({ score }) => score);
  if (good.length === 0) return null;
  if (bad.length === 0) return Math.max(...good);
  const scores = [...new Set([...good, ...bad])].sort((a, b) => a - b);
  let best = { value: -1, threshold: 0 };
  scores.forEach((score, i) => {
    const threshold = i + 1 < scores.length ? (score + scores[i + 1]!) / 2 : score;
    const hits = bad.filter((value) => value > threshold).length / bad.length;
    const passes = good.filter((value) => value <= threshold).length / good.length;
    if (hits + passes > best.value) best = { value: hits + passes, threshold };
  });
  return best.threshold;
}

/** One case's decision: its own threshold where its exemplars give one, else the one of the training split. */
export function decide(
  { score, threshold }: BaselineScore,
  fromTraining: number | null,
): { readonly score: number; readonly saysAnomalous: boolean | null; readonly source: ThresholdSource } {
  if (threshold !== null) return { score, saysAnomalous: score > threshold, source: 'leaving exemplars out' };
  if (fromTraining !== null) return { score, saysAnomalous: score > fromTraining, source: 'training split' };
  return { score, saysAnomalous: null, source: 'none' };
}
