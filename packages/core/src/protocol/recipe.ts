/**
 * A recipe: everything that belongs to one kind of part (design §6). JSON Schema: `schema/recipe.schema.json`. How a
 * recipe and its exemplars travel as one file: `recipeFile.ts`.
 */
import type { Areas } from '../image/areas.ts';
import type { Mode, ToolName } from './modes.ts';

/** `count` of `of`, with the exact (Clopper-Pearson) 95 % interval of the share. */
export interface Rate {
  readonly count: number;
  readonly of: number;
  /** Shares, 0..1; `rate` is null when `of` is 0. */
  readonly rate: number | null;
  readonly low: number;
  readonly high: number;
}

/** Area under the ROC curve with its 95 % bootstrap interval. */
export interface Auroc {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * From the raw score to the share of defective parts among those that score so. Platt: a sigmoid of slope x the raw score's
 * log-odds + intercept. `ece`: expected calibration error on images that were not fitted to.
 */
export type Calibration =
  | { readonly kind: 'platt'; readonly slope: number; readonly intercept: number; readonly ece: number }
  | {
      readonly kind: 'isotonic';
      /** Ascending raw scores and the calibrated value from each on; linear in between. */
      readonly scores: readonly number[];
      readonly values: readonly number[];
      readonly ece: number;
    };

/** What a validation holds for; when any of it changes, the validation is stale. */
export interface ValidatedWith {
  readonly modelSha256: string;
  readonly towerSha256: string | null;
  /** How Library match reckons (`difference/options.ts`); left out: 1, the first way. */
  readonly matchMethod?: number;
  readonly mode: Mode;
  readonly tools: readonly ToolName[];
  readonly types: readonly string[];
  readonly specification: string;
  readonly areas: Areas;
  readonly pixelCap: number | null;
  readonly exemplarSha256: readonly string[];
  readonly triage: Triage | null;
}

export interface RecipeValidation {
  /** ISO 8601, UTC. */
  readonly date: string;
  /** Labelled images that were inspected, and how many of them are good and bad. */
  readonly n: number;
  readonly good: number;
  readonly bad: number;
  /** Provisional: verdicts stay `review`. */
  readonly status: 'validated' | 'provisional';
  /** Why it is provisional, in plain words; empty for `validated`. */
  readonly reasons: readonly string[];
  readonly with: ValidatedWith;
  readonly modelSha256: string;
  /** True once something in `with` was changed by an edit of the recipe, or the labelled images were. */
  readonly stale: boolean;
  /** Labelled images were removed or labelled otherwise since; the figures are still those that were measured. */
  readonly labelledChanged?: boolean;
  /** At the recipe's thresholds: bad parts called normal, good parts called anomalous, parts sent to review. */
  readonly escape: Rate;
  readonly overkill: Rate;
  readonly review: Rate;
  readonly auroc: Auroc | null;
  /** The same images judged by Library match alone. */
  readonly libraryMatchAuroc: Auroc | null;
  readonly calibration: Calibration | null;
  /** An escape was said to cost this many times an overkill. */
  readonly costRatio: number;
}

/**
 * The fast path: Library match's score decides below `low` (normal) and above `high` (anomalous); the agent is asked only
 * in between. Scores as in `LibraryMatchSummary.score`.
 */
export interface Triage {
  readonly low: number;
  readonly high: number;
}

export interface Recipe {
  readonly schema: 'agentiad-recipe/1';
  readonly id: string;
  /** One more with every change. */
  readonly version: number;
  /** How people call it; the category when it has no name of its own. */
  readonly name: string;
  /** ISO 8601, UTC: when this version was made. */
  readonly saved: string;
  readonly category: string;
  readonly types: readonly string[];
  /** What a good part is, in the maker's words. */
  readonly specification: string;
  readonly areas: Areas;
  /** Largest area in which images reach the model, pixels; null: the agent's own limits. */
  readonly pixelCap: number | null;
  readonly mode: Mode;
  /** Tools of the mode that may be used. */
  readonly tools: readonly ToolName[];
  /** Of the score as verdicts give it: calibrated once a validation gave a calibration. */
  readonly t1: number;
  readonly t2: number;
  /** Null: off. */
  readonly triage: Triage | null;
  /** The model it is made for; null: whichever is loaded. */
  readonly modelId: string | null;
  readonly modelSha256: string | null;
  /** Exemplars that are compared with, by the hash of their files. */
  readonly exemplarSha256: readonly string[];
  /** How file names tell part, lot, station and operator: `{part}_{lot}`; null: they do not. */
  readonly namePattern: string | null;
  readonly validation: RecipeValidation | null;
}

/** Until a recipe is validated on labelled images of its part, every verdict is `review` (design §1). */
export const DEFAULT_THRESHOLDS = { t1: 0.35, t2: 0.65 } as const;
