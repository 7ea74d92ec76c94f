/** The two thresholds of a category, and what a score alone says at them. Whether they may decide is the recipe's affair. */
import type { Label } from './verdict.ts';

/** 0 <= t1 <= t2 <= 1. */
export interface Thresholds {
  readonly t1: number;
  readonly t2: number;
}

/** Below t1 normal, above t2 anomalous, between them (both included) review. */
export function labelOfScore(score: number, { t1, t2 }: Thresholds): Label {
  if (score < t1) return 'normal';
  return score > t2 ? 'anomalous' : 'review';
}

export function isThresholds(value: unknown): value is Thresholds {
  if (typeof value !== 'object' || value === null) return false;
  const { t1, t2 } = value as Readonly<Record<string, unknown>>;
  return typeof t1 === 'number' && typeof t2 === 'number' && 0 <= t1 && t1 <= t2 && t2 <= 1;
}
