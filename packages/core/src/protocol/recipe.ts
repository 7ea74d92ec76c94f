/** A recipe: everything that belongs to one kind of part (design §6). JSON Schema: `schema/recipe.schema.json`. */
import type { Mode } from './modes.ts';

export interface RecipeValidation {
  readonly date: string;
  readonly n: number;
  readonly modelSha256: string;
  /** True once model, tools, exemplars or thresholds changed after the validation. */
  readonly stale: boolean;
}

export interface Recipe {
  readonly schema: 'agentiad-recipe/1';
  readonly id: string;
  readonly version: number;
  readonly category: string;
  readonly types: readonly string[];
  readonly specification: string;
  readonly mode: Mode;
  readonly t1: number;
  readonly t2: number;
  readonly modelSha256: string | null;
  readonly exemplarSha256: readonly string[];
  readonly validation: RecipeValidation | null;
}

/** Until a recipe is validated on labelled images of its part, every verdict is `review` (design §1). */
export const DEFAULT_THRESHOLDS = { t1: 0.35, t2: 0.65 } as const;
