/**
 * What the tower made of a whole exemplar, kept by the host between visits: half-precision patch features and the pixels
 * the tower was given. With a store every exemplar goes through this form, whether it was there before or not, so that
 * a library always gives the same numbers (how far they are from full precision: docs/results.md, "Library match").
 */
import type { Size } from '../../image/box.ts';
import { float16ToFloat32, float32ToFloat16 } from '../../support/float16.ts';
import type { Exemplar } from '../exemplars.ts';
import type { FeatureTower } from './featureTower.ts';
import { see, wholeView, type SeenView } from './seenView.ts';

/** Plain data, fit for structured cloning. */
export interface StoredFeatures {
  readonly rows: number;
  readonly columns: number;
  readonly dimension: number;
  /** [rows * columns, dimension], half precision, by their bits. */
  readonly patches: Uint16Array;
  /** Half precision, by their bits. */
  readonly embedding: Uint16Array;
  /** The exemplar at the tower's input size, 8-bit RGB. */
  readonly pixels: { readonly width: number; readonly height: number; readonly data: Uint8Array };
}

/** Implemented by hosts. `key` names the tower and its input size: what is stored under another key is outdated. */
export interface FeatureStore {
  get(exemplarSha256: string, key: string): Promise<StoredFeatures | null>;
  put(exemplarSha256: string, key: string, features: StoredFeatures): Promise<void>;
}

export function featureKey(tower: Pick<FeatureTower, 'sha256'>, { width, height }: Size): string {
  return `${tower.sha256}:${width}x${height}`;
}

/** The whole exemplar at `size`: from the store or, where it is not there or not complete, worked out and put into it. */
export async function seeExemplar(
  tower: FeatureTower,
  exemplar: Exemplar,
  size: Size,
  store: FeatureStore | null,
): Promise<SeenView> {
  if (!store) return see(tower, await exemplar.load(), size, wholeView);
  const key = featureKey(tower, size);
  const known = await store.get(exemplar.sha256, key);
  if (known && isComplete(known, size)) return unpackFeatures(known);
  const stored = packFeatures(await see(tower, await exemplar.load(), size, wholeView));
  await store.put(exemplar.sha256, key, stored);
  return unpackFeatures(stored);
}

export function packFeatures({ features, pixels }: SeenView): StoredFeatures {
  const { rows, columns, dimension, patches, embedding } = features;
  return {
    rows,
    columns,
    dimension,
    patches: float32ToFloat16(patches),
    embedding: float32ToFloat16(embedding),
    pixels,
  };
}

export function unpackFeatures({ rows, columns, dimension, patches, embedding, pixels }: StoredFeatures): SeenView {
  return {
    features: {
      rows,
      columns,
      dimension,
      patches: unitLength(float16ToFloat32(patches), dimension),
      embedding: unitLength(float16ToFloat32(embedding), embedding.length),
    },
    pixels,
    area: wholeView,
  };
}

/** Takes the rounding out of the lengths: distances rely on them. In place. */
function unitLength(values: Float32Array, dimension: number): Float32Array {
  for (let start = 0; start < values.length; start += dimension) {
    let square = 0;
    for (let i = start; i < start + dimension; i++) square += values[i]! ** 2;
    const factor = 1 / Math.sqrt(square || 1);
    for (let i = start; i < start + dimension; i++) values[i]! *= factor;
  }
  return values;
}

/** A record cut short or of another shape is worked out anew. */
function isComplete({ rows, columns, dimension, patches, embedding, pixels }: StoredFeatures, size: Size): boolean {
  return (
    patches.length > 0 &&
    patches.length === rows * columns * dimension &&
    embedding.length > 0 &&
    pixels.width === size.width &&
    pixels.height === size.height &&
    pixels.data.length === size.width * size.height * 3
  );
}
