/** What Library match says about one view of a part. */
import type { Areas } from '../../image/areas.ts';
import type { Box } from '../../image/box.ts';
import type { Raster } from '../../image/raster.ts';

export interface DifferingPlace {
  /** Normalised 0..1 in the compared view. */
  readonly box: Box;
  /** How unusual the place is among known-good parts (1 = as far as good parts get); see `Calibration.toRatios`. */
  readonly ratio: number;
  /** Percentile 0..100 against the exemplars' own patches; null when uncalibrated. */
  readonly percentile: number | null;
}

export interface DifferenceResult {
  /** Most differing places first, at most top_k, not overlapping. */
  readonly places: readonly DifferingPlace[];
  /** Whole-view score: largest ratio (see `ratio` above). Comparable between parts of one library. */
  readonly score: number;
  /** How far the first place stands out from the rest of the view; 1 = as far as in known-good parts. */
  readonly standsOut: number;
  /** Percentile of the whole view against the exemplars' leave-one-out views; null when uncalibrated. */
  readonly percentile: number | null;
  /** False with fewer than 3 exemplars. */
  readonly calibrated: boolean;
  readonly exemplarCount: number;
  /**
   * Normalised x, y in the compared view: where the part differs most, sought around the largest cell of the distances
   * weighed for pointing (`Calibration.forPointing`; not always the map's largest), at the finest grid of the tower and then
   * pixel by pixel. `places` and `score` do not depend on it. Null when the map is 0 everywhere.
   */
  readonly peak: readonly [x: number, y: number] | null;
  /** Per-cell map over the compared view, row-major. */
  readonly map: {
    readonly rows: number;
    readonly columns: number;
    readonly values: Float32Array;
    readonly kind: 'percentile' | 'ratio';
  };
}

/** Library match over one category's exemplars; features are computed once per exemplar and view, then kept. */
export interface LibraryMatch {
  readonly exemplarCount: number;
  /** SHA-256 of the feature tower's weights: numbers of another tower are not comparable. */
  readonly towerSha256: string;
  /**
   * Compares a view of a part with the same view of every exemplar. `view` is the normalised rectangle of the part
   * that `raster` shows ([0,0,1,1] = the whole part); on a crop the exemplars are cut at the same place +- a margin
   * and compared at the crop's resolution. `excludeSha256`: the part's own hash, never its own exemplar.
   */
  compare(request: {
    readonly raster: Raster;
    readonly view: Box;
    readonly topK: number;
    readonly excludeSha256: string;
    /**
     * Where the kind of part is inspected, for the part and its exemplars alike: the map is 0 elsewhere, no place, score
     * or calibration comes from there. Default: everywhere.
     */
    readonly areas?: Areas;
  }): Promise<DifferenceResult>;
  /** Exemplars by cosine similarity of the global embedding to the whole part, best first. */
  nearest(request: {
    readonly raster: Raster;
    readonly excludeSha256: string;
  }): Promise<readonly { readonly exemplarIndex: number; readonly similarity: number }[]>;
}
