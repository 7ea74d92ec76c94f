/** A frozen, pretrained feature tower: pixels in, patch features out. Implemented on TensorFlow.js in `tower.ts`. */
import type { Size } from '../../image/box.ts';
import type { Raster } from '../../image/raster.ts';

export interface PatchFeatures {
  readonly rows: number;
  readonly columns: number;
  readonly dimension: number;
  /** [rows * columns, dimension], row-major, L2-normalised per patch. */
  readonly patches: Float32Array;
  /** Global embedding, L2-normalised: cosine similarity ranks exemplars. */
  readonly embedding: Float32Array;
}

/** Features of the tower's finest grid: little context, places to the pixel. */
export interface FineFeatures {
  /** Pixels per cell. */
  readonly stride: number;
  readonly rows: number;
  readonly columns: number;
  readonly dimension: number;
  /** Per raster [rows * columns, dimension], row-major, L2-normalised per cell. */
  readonly patches: readonly Float32Array[];
}

export interface FeatureTower {
  readonly id: string;
  readonly sha256: string;
  /**
   * Features of a whole raster, resized to `size` (multiples of the tower's stride); without it to the tower's usual
   * input, aspect kept as stated by the implementation.
   */
  extract(raster: Raster, size?: Size): Promise<PatchFeatures>;
  /** Fine features of small rasters of one size (even sides), as they are: cheap, the first layers alone. */
  extractFine(rasters: readonly Raster[]): Promise<FineFeatures>;
  dispose(): void;
}
