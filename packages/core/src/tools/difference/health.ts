/**
 * What is odd in a library of known-good parts: photographs that are nearly the same, and parts that lie far outside what
 * the others span, as a defective one does. Thresholds and how often they hit: docs/results.md, "Health of a library".
 */
import { calibrate, calibratedFrom } from './calibration.ts';
import type { PatchFeatures } from './featureTower.ts';
import { libraryMatchDefaults } from './options.ts';
import { nearestDistances } from './patchDistance.ts';
import { minimumMap, smoothMap, type ScoreMap } from './scoreMap.ts';

/** Mean distance of an exemplar's patches to another's at or below which the two count as one photograph. */
export const duplicateDistance = 0.1;

/** An exemplar's own distance from the others above which it looks defective (1 = as far as the others lie from each other at their most different place, on average). */
export const suspectRatio = 1.33;

/** Each exemplar is compared with this many others, those most like it: the work grows with their number alone. */
const neighbourLimit = 8;

/** Fewest exemplars of which one can be called odd: what is left must be enough to calibrate with. */
export const judgedFrom = calibratedFrom + 1;

export interface HealthRequest {
  readonly count: number;
  /** Features of a whole exemplar, all on one grid. Asked for again and again: keep them (`FeatureStore`). */
  features(index: number): Promise<PatchFeatures>;
  /** Instead of `duplicateDistance`, for towers whose features lie closer together or farther apart. */
  readonly sameBelow?: number;
  onProgress?(done: number, total: number): void;
  /** Asked between exemplars; the answer true ends the work with what is known so far. */
  isStopped?(): boolean;
}

export interface LibraryHealth {
  /** Pairs of exemplars, by index, most alike first. */
  readonly nearDuplicates: readonly { readonly pair: readonly [number, number]; readonly distance: number }[];
  /**
   * Exemplars beyond `suspectRatio`, worst first. A good part that varies as no other does looks the same: to be shown,
   * not to be removed.
   */
  readonly suspects: readonly { readonly index: number; readonly ratio: number }[];
  /** Ratio of every exemplar against the others; null below `judgedFrom` exemplars or where the work was stopped. */
  readonly ratios: readonly (number | null)[];
}

export async function libraryHealth(request: HealthRequest): Promise<LibraryHealth> {
  const { count, features, sameBelow = duplicateDistance } = request;
  const embeddings: Float32Array[] = [];
  for (let index = 0; index < count; index++) embeddings.push((await features(index)).embedding);
  const maps: ScoreMap[] = [];
  const duplicates = new Map<string, { pair: readonly [number, number]; distance: number }>();
  for (let index = 0; index < count && !request.isStopped?.(); index++) {
    const own = await features(index);
    const distances: Float32Array[] = [];
    for (const other of neighboursOf(index, embeddings)) {
      const found = await nearestDistances(own, await features(other));
      distances.push(found);
      const distance = mean(found);
      const pair = index < other ? ([index, other] as const) : ([other, index] as const);
      const known = duplicates.get(pair.join());
      if (distance <= sameBelow && distance < (known?.distance ?? Infinity)) {
        duplicates.set(pair.join(), { pair, distance });
      }
    }
    maps.push(smoothMap({ rows: own.rows, columns: own.columns, values: minimumMap(distances) }));
    request.onProgress?.(index + 1, count);
  }
  const known = ratiosAgainstOthers(maps);
  const ratios = Array.from({ length: count }, (_, index) => known[index] ?? null);
  return {
    nearDuplicates: [...duplicates.values()].sort((a, b) => a.distance - b.distance),
    suspects: ratios
      .flatMap((ratio, index) => (ratio !== null && ratio > suspectRatio ? [{ index, ratio }] : []))
      .sort((a, b) => b.ratio - a.ratio),
    ratios,
  };
}

/**
 * `maps`: each exemplar's smoothed distances to others. How far each lies from the others, on the scale that the other maps
 * give. How far a place stands out, tried instead, finds fewer defective ones and suspects more good ones. Empty below
 * `judgedFrom`.
 */
export function ratiosAgainstOthers(maps: readonly ScoreMap[]): number[] {
  if (maps.length < judgedFrom) return [];
  const { wholeBackground } = libraryMatchDefaults;
  return maps.map((map) =>
    calibrate(
      maps.filter((other) => other !== map),
      wholeBackground,
    ).distance(map),
  );
}

/** The exemplars most like `index`, by their embeddings. */
function neighboursOf(index: number, embeddings: readonly Float32Array[]): number[] {
  const own = embeddings[index]!;
  const similarity = (other: number) => embeddings[other]!.reduce((sum, value, i) => sum + value * own[i]!, 0);
  return Array.from(embeddings.keys())
    .filter((other) => other !== index)
    .map((other) => ({ other, likeness: similarity(other) }))
    .sort((a, b) => b.likeness - a.likeness)
    .slice(0, neighbourLimit)
    .map(({ other }) => other);
}

function mean(values: Float32Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
