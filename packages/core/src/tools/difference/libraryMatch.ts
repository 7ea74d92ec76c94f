/**
 * Library match: training-free comparison of a part with its category's exemplars (PatchCore's nearest patches without
 * the training-set statistics). Whole parts are compared wherever the patch lies;
 * crops with the same place of the exemplars, give or take a margin. One or two exemplars: search window, fixed scale.
 */
import type { Areas } from '../../image/areas.ts';
import { isInspected } from '../../image/areas.ts';
import type { Box } from '../../image/box.ts';
import type { Raster } from '../../image/raster.ts';
import { UserError } from '../../support/userError.ts';
import type { Exemplar, ExemplarSet } from '../exemplars.ts';
import { calibrate, calibratedFrom, standOut } from './calibration.ts';
import type { DifferenceResult, LibraryMatch } from './contract.ts';
import type { FeatureStore } from './featureStore.ts';
import type { FeatureTower } from './featureTower.ts';
import { leaveOneOut, numberOf } from './leaveOneOut.ts';
import { libraryMatchDefaults, type LibraryMatchOptions } from './options.ts';
import { nearestDistances, nearestInWindow } from './patchDistance.ts';
import { findPeak } from './peak.ts';
import { findPeaks, largest, minimumMap, scaleMap, smoothMap } from './scoreMap.ts';
import { isWhole, see, wholeView, type SeenView } from './seenView.ts';
import { cropLibrary, wholeLibrary, type ExemplarView, type ViewLibrary } from './viewLibrary.ts';

/** `features`: where what the tower makes of whole exemplars is kept between visits. */
export function createLibraryMatch(input: {
  readonly tower: FeatureTower;
  readonly set: ExemplarSet;
  readonly options?: Partial<LibraryMatchOptions>;
  readonly features?: FeatureStore | null;
}): LibraryMatch {
  const { tower, set, features: store = null } = input;
  const options = { ...libraryMatchDefaults, ...input.options };
  const whole: { library?: Promise<ViewLibrary> } = {};
  const crops = new Map<string, Promise<ViewLibrary>>();

  function libraryOf(view: Box, raster: Raster): Promise<ViewLibrary> {
    if (isWhole(view)) {
      const opened = () =>
        forgetOnFailure(wholeLibrary(tower, set.exemplars, options, store), () => delete whole.library);
      return (whole.library ??= opened());
    }
    const key = view.map((value) => value.toFixed(4)).join(',');
    const opened = () =>
      forgetOnFailure(cropLibrary(tower, set.exemplars, options, view, raster), () => crops.delete(key));
    const known = crops.get(key) ?? opened();
    crops.delete(key);
    crops.set(key, known);
    for (const oldest of crops.keys()) if (crops.size > options.keptViews) crops.delete(oldest);
    return known;
  }

  async function compare(request: Parameters<LibraryMatch['compare']>[0]): Promise<DifferenceResult> {
    const { raster, view, topK, excludeSha256, areas } = request;
    const library = await libraryOf(view, raster);
    const notExcluded = <T extends { readonly exemplar: Exemplar }>(all: readonly T[]) =>
      all.filter(({ exemplar }) => exemplar.sha256 !== excludeSha256);
    const used = notExcluded(library.views);
    if (used.length === 0) throw noExemplars(set.category);
    const query = await see(tower, raster, library.size, view);
    const { rows, columns } = query.features;
    const inspected = areas && inspectedCells(areas, view, rows, columns);
    const isEmpty = inspected !== undefined && !inspected.includes(1);
    const background = isWhole(view) ? options.wholeBackground : options.cropBackground;
    const calibration =
      used.length >= calibratedFrom && !isEmpty
        ? calibrate(await leaveOneOut(library, used, excludeSha256, inspected), background)
        : null;
    const values = isEmpty ? new Float32Array(rows * columns) : await distancesTo(query, library, used, excludeSha256);
    const distances = smoothMap({ rows, columns, values, inspected });
    const ratios = calibration ? calibration.toRatios(distances) : scaleMap(distances, 1 / options.uncalibratedScale);
    const score = largest(ratios.values);
    const banks = used.map(({ bank }) => bank);
    return {
      places: findPeaks(ratios, topK, options.keepFraction, background).map(({ box, value }) => ({
        box,
        ratio: value,
        percentile: calibration ? calibration.cellPercentile(value) : null,
      })),
      score,
      standsOut: calibration
        ? calibration.standsOut(distances)
        : largest(standOut(distances, background).values) / options.uncalibratedContrast,
      percentile: calibration ? calibration.viewPercentile(score) : null,
      calibrated: calibration !== null,
      exemplarCount: library.bank ? notExcluded(library.bank.exemplars).length : used.length,
      peak: await findPeak({
        tower,
        query,
        banks,
        pointing: calibration?.forPointing(distances) ?? ratios,
        isAllowed: isInspectedIn(areas, view),
      }),
      map: { rows, columns, values: ratios.values, kind: 'ratio' },
    };
  }

  async function distancesTo(
    query: SeenView,
    { bank: large }: ViewLibrary,
    used: readonly ExemplarView[],
    without: string,
  ): Promise<Float32Array> {
    if (large) return (await large.patches.search(query.features, numberOf(large, without))).first;
    const maps: Float32Array[] = [];
    for (const { bank } of used) {
      maps.push(
        used.length >= calibratedFrom
          ? await nearestDistances(query.features, bank.features)
          : nearestInWindow(query, bank, options.searchRadius),
      );
    }
    return minimumMap(maps);
  }

  async function nearest({ raster, excludeSha256 }: Parameters<LibraryMatch['nearest']>[0]) {
    const library = await libraryOf(wholeView, raster);
    const { embedding } = await tower.extract(raster, library.size);
    const known =
      library.bank?.exemplars ??
      library.views.map(({ exemplar, query }) => ({ exemplar, embedding: query.features.embedding }));
    return known
      .filter(({ exemplar }) => exemplar.sha256 !== excludeSha256)
      .map((candidate) => ({
        exemplarIndex: set.exemplars.indexOf(candidate.exemplar),
        similarity: candidate.embedding.reduce((sum, value, i) => sum + value * embedding[i]!, 0),
      }))
      .sort((a, b) => b.similarity - a.similarity);
  }

  return { exemplarCount: set.exemplars.length, towerSha256: tower.sha256, compare, nearest };
}

/** A failed computation is not kept: the next call tries again. */
function forgetOnFailure<T>(promise: Promise<T>, forget: () => void): Promise<T> {
  promise.catch(forget);
  return promise;
}

/** Whether a place of `view` (normalised in it) is inspected. */
function isInspectedIn(areas: Areas | undefined, view: Box): (x: number, y: number) => boolean {
  if (!areas) return () => true;
  const [x1, y1, x2, y2] = view;
  return (x, y) => isInspected(areas, x1 + x * (x2 - x1), y1 + y * (y2 - y1));
}

/** 1 where the middle of a cell of the view's grid is inspected. */
function inspectedCells(areas: Areas, view: Box, rows: number, columns: number): Uint8Array {
  const isInside = isInspectedIn(areas, view);
  return Uint8Array.from({ length: rows * columns }, (_, cell) =>
    Number(isInside(((cell % columns) + 0.5) / columns, (Math.floor(cell / columns) + 0.5) / rows)),
  );
}

function noExemplars(category: string): UserError {
  return new UserError({
    code: 'no-exemplars',
    subject: `Library match for "${category}"`,
    reason: 'there is no known-good part to compare with (a part is never compared with itself).',
    remedy: 'Add 3 to 10 photographs of good parts of this category.',
  });
}
