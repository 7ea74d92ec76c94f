/** The settings of Library match. */

export interface LibraryMatchOptions {
  /** Long side of a whole part at the tower, pixels. */
  readonly wholeSide: number;
  /** Long side of a crop at the tower, pixels. */
  readonly cropSide: number;
  /** Search window with one or two exemplars: displacement per axis, in part sizes. */
  readonly searchRadius: number;
  /** Distance that counts as ratio 1 with one or two exemplars, where there is nothing to calibrate with. */
  readonly uncalibratedScale: number;
  /** The same of how far a place stands out from the rest of its view. */
  readonly uncalibratedContrast: number;
  /** Share of a whole part's cells, and of a crop's, that is taken not to stand out; see `calibrate`. */
  readonly wholeBackground: number;
  readonly cropBackground: number;
  /** How far around the same place a crop looks in the exemplars, in part sizes. */
  readonly cropMargin: number;
  /** A place grows over cells above median + this fraction of (peak - median). */
  readonly keepFraction: number;
  /**
   * Most exemplars whose every patch is compared with a whole part. Of more, a bank of `bankPatches` is made, and this
   * many of them, evenly thinned, tell how far good parts get.
   */
  readonly wholeExemplars: number;
  /** Patches of a large library that are compared with, over all its exemplars. */
  readonly bankPatches: number;
  /** Most exemplars compared with a crop; more are thinned evenly. */
  readonly cropExemplars: number;
  /** Crop views whose exemplar features are kept. */
  readonly keptViews: number;
}

/**
 * How ratios are reckoned, to be raised when that changes: what was validated with other numbers does not hold. 1: distances
 * alone; 2: how far a place stands out from its view, or the distance; 3: a place that both stands out and lies far, or the
 * distance alone where it is large.
 */
export const MATCH_METHOD = 3;

/** Chosen by measurement: docs/results.md, "Library match". */
export const libraryMatchDefaults: LibraryMatchOptions = {
  wholeSide: 320,
  cropSide: 144,
  searchRadius: 0.08,
  uncalibratedScale: 0.65,
  uncalibratedContrast: 0.17,
  wholeBackground: 0.9,
  cropBackground: 0.5,
  cropMargin: 0.08,
  keepFraction: 0.5,
  wholeExemplars: 24,
  bankPatches: 8000,
  cropExemplars: 8,
  keptViews: 8,
};
