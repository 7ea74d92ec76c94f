/**
 * Library match: training-free comparison of a part with its category's exemplars (PatchCore's nearest patches without
 * the training-set statistics). Whole parts are compared wherever the patch lies;
 * crops with the same place of the exemplars, give or take a margin. One or two exemplars: search window, fixed scale.
 */
import type { Box, Size } from '../../image/box.ts';
import { boxToPixels, clampBox } from '../../image/box.ts';
import { cropRaster } from '../../image/crop.ts';
import type { Raster } from '../../image/raster.ts';
import { resizeRaster } from '../../image/resize.ts';
import { UserError } from '../../support/userError.ts';
import type { Exemplar, ExemplarSet } from '../exemplars.ts';
import { calibrate, calibratedFrom } from './calibration.ts';
import type { DifferenceResult, LibraryMatch } from './contract.ts';
import type { FeatureTower } from './featureTower.ts';
import { mutualDistances, nearestDistances, nearestInWindow } from './patchDistance.ts';
import { findPeak, type SeenView } from './peak.ts';
import { findPeaks, largest, minimumMap, scaleMap, smoothMap, type ScoreMap } from './scoreMap.ts';
import { towerInputSize, towerStride } from './tower.ts';

export interface LibraryMatchOptions {
  /** Long side of a whole part at the tower, pixels. */
  readonly wholeSide: number;
  /** Long side of a crop at the tower, pixels. */
  readonly cropSide: number;
  /** Search window with one or two exemplars: displacement per axis, in part sizes. */
  readonly searchRadius: number;
  /** Distance that counts as ratio 1 with one or two exemplars, where there is nothing to calibrate with. */
  readonly uncalibratedScale: number;
  /** How far around the same place a crop looks in the exemplars, in part sizes. */
  readonly cropMargin: number;
  /** A place grows over cells above median + this fraction of (peak - median). */
  readonly keepFraction: number;
  /** Most exemplars compared for a whole part and for a crop; more are thinned evenly. */
  readonly wholeExemplars: number;
  readonly cropExemplars: number;
  /** Crop views whose exemplar features are kept. */
  readonly keptViews: number;
}

/** Chosen by measurement: docs/results.md, "Library match". */
export const libraryMatchDefaults: LibraryMatchOptions = {
  wholeSide: 320,
  cropSide: 144,
  searchRadius: 0.08,
  uncalibratedScale: 0.65,
  cropMargin: 0.08,
  keepFraction: 0.5,
  wholeExemplars: 24,
  cropExemplars: 8,
  keptViews: 8,
};

const wholeView: Box = [0, 0, 1, 1];

/** An exemplar's features for one view: as the part would be seen, and with the margin to search in. */
interface ExemplarView {
  readonly exemplar: Exemplar;
  readonly query: SeenView;
  readonly bank: SeenView;
}

interface ViewLibrary {
  /** The tower's input for this view of any part. */
  readonly size: Size;
  readonly views: readonly ExemplarView[];
  /** Distances of exemplar i to exemplar j, computed when first needed, by `pairKey`. */
  readonly pairs: Map<string, Float32Array>;
}

export function createLibraryMatch(input: {
  readonly tower: FeatureTower;
  readonly set: ExemplarSet;
  readonly options?: Partial<LibraryMatchOptions>;
}): LibraryMatch {
  const { tower, set } = input;
  const options = { ...libraryMatchDefaults, ...input.options };
  const whole: { library?: Promise<ViewLibrary> } = {};
  const crops = new Map<string, Promise<ViewLibrary>>();

  function libraryOf(view: Box, raster: Raster): Promise<ViewLibrary> {
    if (isWhole(view)) return (whole.library ??= forgetOnFailure(wholeLibrary(), () => delete whole.library));
    const key = view.map((value) => value.toFixed(4)).join(',');
    const known = crops.get(key) ?? forgetOnFailure(cropLibrary(view, raster), () => crops.delete(key));
    crops.delete(key);
    crops.set(key, known);
    for (const oldest of crops.keys()) if (crops.size > options.keptViews) crops.delete(oldest);
    return known;
  }

  async function wholeLibrary(): Promise<ViewLibrary> {
    const exemplars = thin(set.exemplars, options.wholeExemplars);
    const size = towerInputSize(medianShape(exemplars), options.wholeSide);
    const views: ExemplarView[] = [];
    for (const exemplar of exemplars) {
      const seen = await see(tower, await exemplar.load(), size, wholeView);
      views.push({ exemplar, query: seen, bank: seen });
    }
    return { size, views, pairs: new Map() };
  }

  async function cropLibrary(view: Box, raster: Raster): Promise<ViewLibrary> {
    const size = towerInputSize(raster, options.cropSide);
    const area = widen(view, options.cropMargin);
    const bankSize = {
      width: snapUp((size.width * (area[2] - area[0])) / (view[2] - view[0])),
      height: snapUp((size.height * (area[3] - area[1])) / (view[3] - view[1])),
    };
    const views: ExemplarView[] = [];
    for (const exemplar of thin(set.exemplars, options.cropExemplars)) {
      const pixels = await exemplar.load();
      const query = await see(tower, cut(pixels, view), size, view);
      const bank = await see(tower, cut(pixels, area), bankSize, area);
      views.push({ exemplar, query, bank });
    }
    return { size, views, pairs: new Map() };
  }

  /** Smoothed distances of each exemplar in `used` to the other ones. */
  async function leaveOneOut(library: ViewLibrary, used: readonly ExemplarView[]): Promise<ScoreMap[]> {
    const maps: ScoreMap[] = [];
    for (const left of used) {
      const others: Float32Array[] = [];
      for (const right of used) if (right !== left) others.push(await pairDistances(library, left, right));
      maps.push(smoothMap({ ...gridOf(left.query), values: minimumMap(others) }));
    }
    return maps;
  }

  async function compare({
    raster,
    view,
    topK,
    excludeSha256,
  }: Parameters<LibraryMatch['compare']>[0]): Promise<DifferenceResult> {
    const library = await libraryOf(view, raster);
    const used = library.views.filter(({ exemplar }) => exemplar.sha256 !== excludeSha256);
    if (used.length === 0) throw noExemplars(set.category);
    const query = await see(tower, raster, library.size, view);
    const calibration = used.length >= calibratedFrom ? calibrate(await leaveOneOut(library, used)) : null;
    const maps: Float32Array[] = [];
    for (const { bank } of used) {
      maps.push(
        calibration
          ? await nearestDistances(query.features, bank.features)
          : nearestInWindow(query, bank, options.searchRadius),
      );
    }
    const distances = smoothMap({ ...gridOf(query), values: minimumMap(maps) });
    const ratios = calibration ? calibration.toRatios(distances) : scaleMap(distances, 1 / options.uncalibratedScale);
    const score = largest(ratios.values);
    const banks = used.map(({ bank }) => bank);
    return {
      places: findPeaks(ratios, topK, options.keepFraction).map(({ box, value }) => ({
        box,
        ratio: value,
        percentile: calibration ? calibration.cellPercentile(value) : null,
      })),
      score,
      percentile: calibration ? calibration.viewPercentile(score) : null,
      calibrated: calibration !== null,
      exemplarCount: used.length,
      peak: await findPeak(tower, query, banks, ratios),
      map: { ...ratios, kind: 'ratio' },
    };
  }

  async function nearest({ raster, excludeSha256 }: Parameters<LibraryMatch['nearest']>[0]) {
    const library = await libraryOf(wholeView, raster);
    const { embedding } = await tower.extract(raster, library.size);
    return library.views
      .filter(({ exemplar }) => exemplar.sha256 !== excludeSha256)
      .map(({ exemplar, query }) => ({
        exemplarIndex: set.exemplars.indexOf(exemplar),
        similarity: query.features.embedding.reduce((sum, value, i) => sum + value * embedding[i]!, 0),
      }))
      .sort((a, b) => b.similarity - a.similarity);
  }

  return { exemplarCount: set.exemplars.length, compare, nearest };
}

/** Distances of exemplar `left` to `right`, from the store or into it. */
async function pairDistances(library: ViewLibrary, left: ExemplarView, right: ExemplarView): Promise<Float32Array> {
  const key = pairKey(left, right);
  const known = library.pairs.get(key);
  if (known) return known;
  if (left.query !== left.bank) {
    const distances = await nearestDistances(left.query.features, right.bank.features);
    library.pairs.set(key, distances);
    return distances;
  }
  const [distances, reverse] = await mutualDistances(left.query.features, right.query.features);
  library.pairs.set(key, distances).set(pairKey(right, left), reverse);
  return distances;
}

function pairKey(left: ExemplarView, right: ExemplarView): string {
  return `${left.exemplar.id}:${right.exemplar.id}`;
}

/** What the tower makes of `raster`, shown to it at `size`. */
async function see(tower: FeatureTower, raster: Raster, size: Size, area: Box): Promise<SeenView> {
  const pixels = resizeRaster(raster, size.width, size.height);
  return { features: await tower.extract(pixels, size), area, pixels };
}

/** A failed computation is not kept: the next call tries again. */
function forgetOnFailure<T>(promise: Promise<T>, forget: () => void): Promise<T> {
  promise.catch(forget);
  return promise;
}

function isWhole(view: Box): boolean {
  return view.every((value, i) => Math.abs(value - wholeView[i]!) < 1e-6);
}

function gridOf({ features }: SeenView): { rows: number; columns: number } {
  return { rows: features.rows, columns: features.columns };
}

/** At most `limit` of `items`, evenly spaced, first one included. */
function thin<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, i) => items[Math.floor((i * items.length) / limit)]!);
}

/** A size of the exemplars' median aspect ratio: all are brought to one shape. */
function medianShape(exemplars: readonly Exemplar[]): Size {
  const sorted = [...exemplars].sort((a, b) => a.width / a.height - b.width / b.height);
  return sorted[sorted.length >> 1] ?? { width: 1, height: 1 };
}

function widen(view: Box, margin: number): Box {
  return clampBox([view[0] - margin, view[1] - margin, view[2] + margin, view[3] + margin], { width: 1, height: 1 })
    .box;
}

function snapUp(length: number): number {
  return Math.max(2, Math.round(length / towerStride)) * towerStride;
}

function cut(raster: Raster, normalised: Box): Raster {
  return cropRaster(raster, clampBox(boxToPixels(normalised, raster), raster).box);
}

function noExemplars(category: string): UserError {
  return new UserError({
    code: 'no-exemplars',
    subject: `Library match for "${category}"`,
    reason: 'there is no known-good part to compare with (a part is never compared with itself).',
    remedy: 'Add 3 to 10 photographs of good parts of this category.',
  });
}
