/** What the image processor hands to the model. The processing itself is in `process.ts`. */
import type { Resampler } from './resize.ts';

/** `preprocessor_config.json`, the fields the Qwen2-VL image processor reads. */
export interface ProcessorConfig {
  readonly patchSize: number;
  readonly temporalPatchSize: number;
  readonly mergeSize: number;
  readonly minPixels: number;
  readonly maxPixels: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
  /** Whose bicubic is reproduced bit for bit: Pillow (`use_fast: false`, the default) or torchvision (`use_fast: true`). */
  readonly resampler?: Resampler;
}

export interface ProcessedImage {
  /** Normalised patches [grid.height * grid.width, 3 * temporalPatchSize * patchSize^2], merge groups contiguous. */
  readonly pixelValues: Float32Array;
  /** Patches per side, before merging. Language tokens = height * width / mergeSize^2. */
  readonly grid: { readonly height: number; readonly width: number };
  /** Content hash of the pixels the model saw (resized 8-bit RGB), for caches and traces. */
  readonly sha256: string;
}
