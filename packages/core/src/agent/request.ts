/** What an inspection is asked and what it needs from its host. */
import type { DecodedImage } from '../image/raster.ts';
import type { ProcessorConfig } from '../image/processor.ts';
import type { AbortSignalLike, Backbone } from '../model/backbone.ts';
import type { InspectionEvent } from '../protocol/events.ts';
import type { Mode } from '../protocol/modes.ts';
import type { Recipe } from '../protocol/recipe.ts';
import type { PartFields } from '../protocol/verdict.ts';
import type { LibraryMatch } from '../tools/difference/contract.ts';
import type { ExemplarSet } from '../tools/exemplars.ts';
import type { Loaded } from './doubt.ts';
import type { Recovery } from './recoveringPolicy.ts';

export interface InspectionRequest {
  readonly part: DecodedImage;
  /** Null for a part that nobody filed: no comparing. */
  readonly category: string | null;
  /** Candidate defect types, the same for every image of the category. */
  readonly types: readonly string[];
  readonly mode: Mode;
  /** Known-good parts of the category; null or empty: comparing tools are not offered, and the verdict says so. */
  readonly library: ExemplarSet | null;
  readonly thresholds: { readonly t1: number; readonly t2: number };
  readonly seed: number;
  /** Its areas, tools, pixel cap, specification, fast path and calibration are used from here; the rest is given above. */
  readonly recipe: Recipe | null;
  /** As somebody told them; what is left out or null, the file's name may tell by the recipe's pattern. */
  readonly partFields?: Partial<PartFields>;
  /**
   * One image of a validation: Library match looks at the whole part first, but never decides; the agent's score stays
   * raw and the label is `review`.
   */
  readonly isValidation?: boolean;
  readonly signal?: AbortSignalLike;
  readonly onEvent?: (event: InspectionEvent) => void;
}

export interface LoadedModel {
  readonly backbone: Backbone;
  readonly processor: ProcessorConfig;
  readonly chatTemplate: string | null;
}

/** Clock, ids and device names come from the host; the core has none of its own. */
export interface InspectionHost {
  /** Milliseconds from any fixed point. */
  readonly clock: () => number;
  /** Now as ISO 8601, UTC. */
  readonly now: () => string;
  readonly newId: () => string;
  readonly runtime: { readonly backend: string; readonly adapter: string };
}

export interface InspectionDeps extends InspectionHost {
  readonly model: LoadedModel;
  /** Library match over the request's library, or null when there is no feature tower. */
  readonly match: ((library: ExemplarSet) => LibraryMatch) | null;
  /** What Library match sees with; left out: nobody knows. */
  readonly tower?: { readonly id: string; readonly sha256: string } | null;
  /** Where the device can be lost and had anew; without it a loss ends the inspection. */
  readonly recovery?: Recovery;
}

/** Hashes of what is loaded, as a validation keeps them. */
export function loadedOf({ model, tower }: Pick<InspectionDeps, 'model' | 'tower'>): Loaded {
  return { modelSha256: model.backbone.card.sha256, towerSha256: tower?.sha256 ?? null };
}

/** Limits of the loop (agent-spec §3.4; one call more than the paper's three, for `difference`). */
export interface LoopLimits {
  readonly maxToolCalls: number;
  readonly maxNewTokens: number;
  /** Largest area in which the part and a crop or exemplar reach the model, pixels (agent-spec §3.1). */
  readonly partMaxPixels: number;
  readonly cropMaxPixels: number;
}

export const DEFAULT_LIMITS: LoopLimits = {
  maxToolCalls: 4,
  maxNewTokens: 2048,
  partMaxPixels: 2000 * 28 * 28,
  cropMaxPixels: 1000 * 28 * 28,
};

/** For a device that gave up before: zooms and good parts reach the model in a quarter of the area. */
export const SMALLER_CROPS = { cropMaxPixels: DEFAULT_LIMITS.cropMaxPixels / 4 } as const satisfies Partial<LoopLimits>;

/** Said of an inspection that went on so. */
export const SHOWN_SMALLER =
  'Zooms and good parts were shown to the model smaller than usual, because the graphics device had failed.';
