/**
 * The thresholds of a category, and what the scores of its stored runs say at them. Nothing here asks the model or reads
 * a trace: a thousand runs are re-labelled while a handle moves. Pure.
 */
import { DEFAULT_THRESHOLDS } from '@agentiad/core/protocol/recipe.ts';
import { isThresholds, labelOfScore, type Thresholds } from '@agentiad/core/protocol/thresholds.ts';
import type { Label } from '@agentiad/core/protocol/verdict.ts';
import type { RunRecord } from '../storage/schema.ts';
import { keyed, type Keyed } from './keyed.ts';
import { recipeFor } from './recipes.ts';
import type { StudioState } from './studioState.ts';

/** Under which name a category's thresholds are kept. */
export const thresholdsKey = (category: string | null) => category ?? '';

/** Of its recipe; of a kind without one and of what is unsorted, those chosen for it. */
export function keptThresholds(
  state: Pick<StudioState, 'thresholds' | 'categories' | 'recipes'>,
  category: string | null,
): Thresholds {
  return recipeFor(state, category) ?? settingOf(state, category);
}

/** The kept ones, or where a handle is being moved to. */
export function thresholdsOf(
  state: Pick<StudioState, 'thresholds' | 'movedThresholds' | 'categories' | 'recipes'>,
  category: string | null,
): Thresholds {
  const { movedThresholds: moved } = state;
  return moved?.category === category ? moved : keptThresholds(state, category);
}

/** What was chosen for a category apart from any recipe. */
export function settingOf(state: Pick<StudioState, 'thresholds'>, category: string | null): Thresholds {
  return state.thresholds[thresholdsKey(category)] ?? DEFAULT_THRESHOLDS;
}

/** What was stored, less what is no pair of thresholds. */
export function parseThresholds(stored: unknown): Keyed<Thresholds> {
  if (typeof stored !== 'object' || stored === null) return keyed();
  const entries = Object.entries(stored).filter((entry): entry is [string, Thresholds] => isThresholds(entry[1]));
  return keyed(entries.map(([key, { t1, t2 }]) => [key, { t1, t2 }]));
}

export type ScoredRun = RunRecord & { readonly score: number };

/** The runs of `category` that came to a score. */
export function scoredRuns(history: readonly RunRecord[], category: string | null): readonly ScoredRun[] {
  return history.filter((run): run is ScoredRun => run.score !== null && run.category === category);
}

export interface Relabelling {
  readonly counts: Readonly<Record<Label, number>>;
  /** Runs whose score alone says something else than the label they were issued with. */
  readonly changed: number;
  /** Number of runs per bin of the score, evenly over 0..1; the last bin holds 1 too. */
  readonly bins: readonly number[];
}

export function relabel(runs: readonly ScoredRun[], thresholds: Thresholds, binCount = 20): Relabelling {
  const counts = { normal: 0, review: 0, anomalous: 0 };
  const bins = new Array<number>(binCount).fill(0);
  let changed = 0;
  for (const { score, label } of runs) {
    const now = labelOfScore(score, thresholds);
    counts[now] += 1;
    if (now !== label) changed += 1;
    bins[Math.min(Math.floor(score * binCount), binCount - 1)]! += 1;
  }
  return { counts, changed, bins };
}
