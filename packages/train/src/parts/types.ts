/** The words of the procedural parts: families, categories, scenes, defect types. */
import type { Box } from '@agentiad/core/image/box.ts';
import type { Raster } from '@agentiad/core/image/raster.ts';
import type { Random } from '@agentiad/core/support/random.ts';
import type { Point, Shape } from './shapes.ts';
import type { Surface } from './surface.ts';

export const DEFECT_TYPES = [
  'scratch',
  'dent',
  'stain',
  'crack',
  'chip',
  'missing_part',
  'extra_material',
  'misprint',
] as const;

export type DefectType = (typeof DEFECT_TYPES)[number];

/** One thing painted into the surface, bottom to top. */
export interface Layer {
  paint(surface: Surface): void;
  /** A feature whose absence is the defect `missing_part` (pill, tooth, pin, hole). */
  readonly removable?: boolean;
  /** A print that `misprint` may shift, fade or double; `centre` is the pivot, in part units. */
  readonly print?: { readonly centre: Point; readonly reach: number };
}

export interface Scene {
  readonly layers: readonly Layer[];
  /** Where scratches, dents, stains and cracks may lie. */
  readonly body: Shape;
  /** Silhouette whose edge may chip, and what shows behind it. */
  readonly outline?: { readonly shape: Shape; readonly fracture: string; readonly paintBehind: (clip: Shape) => Layer };
  /** Spare material in a plausible place; `severity` 0..1 sets its size. */
  readonly extra?: (random: Random, severity: number) => Layer;
  /** How deep a scratch or dent looks: brightness of its exposed material as sRGB hex. */
  readonly exposed: string;
  readonly stainColor: string;
}

/** Design, colours and layout are fixed; calls differ only by what `random` (one part's own stream) varies. */
export interface Category {
  buildPart(random: Random): Scene;
}

export type FamilyKind = 'texture' | 'object' | 'printed' | 'assembly';

export interface Family {
  readonly name: string;
  readonly title: string;
  readonly kind: FamilyKind;
  /** The candidate list shown in prompts: one per family, the same for good and bad parts. */
  readonly types: readonly DefectType[];
  createCategory(random: Random): Category;
}

/** How parts lie before the camera: nearly alike, as in a jig, or turned any way, as they fall. */
export type Placement = 'jig' | 'loose';

export interface PartRequest {
  readonly family: string;
  readonly categorySeed: number;
  readonly partSeed: number;
  readonly defect: DefectType | null;
  /** 0 = subtle, 1 = obvious; drawn from the part's defect stream when left out. */
  readonly severity?: number;
  /** Default `jig`. */
  readonly placement?: Placement;
  /** Side in pixels, default 320. */
  readonly size?: number;
}

export interface RenderedPart {
  readonly raster: Raster;
  /** 255 where the defect shows, else 0; null for a good part. */
  readonly mask: Uint8Array | null;
  readonly boxes: readonly { readonly box: Box; readonly type: DefectType }[];
  readonly type: DefectType | null;
  readonly severity: number | null;
}
