/** The exemplars as the tower sees them: whole, or cut at the place of a crop with a margin to search in. */
import type { Box, Size } from '../../image/box.ts';
import { boxToPixels, clampBox } from '../../image/box.ts';
import { cropRaster } from '../../image/crop.ts';
import type { Raster } from '../../image/raster.ts';
import type { Exemplar } from '../exemplars.ts';
import { seeExemplar, type FeatureStore } from './featureStore.ts';
import type { FeatureTower } from './featureTower.ts';
import type { LibraryMatchOptions } from './options.ts';
import { createBankBuilder, type NearestTwo, type PatchBank } from './patchBank.ts';
import { see, type SeenView } from './seenView.ts';
import { towerInputSize, towerStride } from './tower.ts';

/** An exemplar's features for one view: as the part would be seen, and with the margin to search in. */
export interface ExemplarView {
  readonly exemplar: Exemplar;
  readonly query: SeenView;
  readonly bank: SeenView;
}

export interface ViewLibrary {
  /** The tower's input for this view of any part. */
  readonly size: Size;
  /** All exemplars, or evenly thinned ones of a library with a bank. */
  readonly views: readonly ExemplarView[];
  /** Distances of exemplar i to exemplar j, computed when first needed, by `pairKey`. */
  readonly pairs: Map<string, Float32Array>;
  /** All exemplars of a large library. */
  readonly bank: LargeLibrary | null;
}

/** Exemplars as numbered in the bank. */
export interface LargeLibrary {
  readonly exemplars: readonly { readonly exemplar: Exemplar; readonly embedding: Float32Array }[];
  readonly patches: PatchBank;
  /** Of a thinned exemplar, by its number: computed when first needed. */
  readonly leftOut: Map<number, NearestTwo>;
}

/** The tower's input for whole parts of a library: its exemplars' median aspect ratio. */
export function wholeSizeOf(
  exemplars: readonly Exemplar[],
  { wholeExemplars, wholeSide }: Pick<LibraryMatchOptions, 'wholeExemplars' | 'wholeSide'>,
): Size {
  const sorted = [...thin(inOrder(exemplars), wholeExemplars)].sort((a, b) => a.width / a.height - b.width / b.height);
  return towerInputSize(sorted[sorted.length >> 1] ?? { width: 1, height: 1 }, wholeSide);
}

export async function wholeLibrary(
  tower: FeatureTower,
  all: readonly Exemplar[],
  options: LibraryMatchOptions,
  store: FeatureStore | null,
): Promise<ViewLibrary> {
  // The same photograph twice: the second one says nothing, and leaving one out would leave the other in.
  const exemplars = inOrder([...new Map(all.map((exemplar) => [exemplar.sha256, exemplar])).values()]);
  const kept = new Set(thin(exemplars, options.wholeExemplars));
  const size = wholeSizeOf(exemplars, options);
  const isLarge = kept.size < exemplars.length;
  const builder = isLarge ? createBankBuilder(Math.max(1, Math.floor(options.bankPatches / exemplars.length))) : null;
  const embeddings: LargeLibrary['exemplars'][number][] = [];
  const views: ExemplarView[] = [];
  for (const exemplar of exemplars) {
    const seen = await seeExemplar(tower, exemplar, size, store);
    if (kept.has(exemplar)) views.push({ exemplar, query: seen, bank: seen });
    await builder?.add(seen.features);
    embeddings.push({ exemplar, embedding: seen.features.embedding });
  }
  const bank = builder && { exemplars: embeddings, patches: builder.build(), leftOut: new Map() };
  return { size, views, pairs: new Map(), bank };
}

/** `view` of the exemplars, for a crop of a part that is as large as `crop`. */
export async function cropLibrary(
  tower: FeatureTower,
  all: readonly Exemplar[],
  options: LibraryMatchOptions,
  view: Box,
  crop: Size,
): Promise<ViewLibrary> {
  const size = towerInputSize(crop, options.cropSide);
  const area = widen(view, options.cropMargin);
  const bankSize = {
    width: snapUp((size.width * (area[2] - area[0])) / (view[2] - view[0])),
    height: snapUp((size.height * (area[3] - area[1])) / (view[3] - view[1])),
  };
  const views: ExemplarView[] = [];
  for (const exemplar of thin(inOrder(all), options.cropExemplars)) {
    const pixels = await exemplar.load();
    const query = await see(tower, cut(pixels, view), size, view);
    const bank = await see(tower, cut(pixels, area), bankSize, area);
    views.push({ exemplar, query, bank });
  }
  return { size, views, pairs: new Map(), bank: null };
}

/** One order for a set of exemplars wherever it comes from: which of many are compared must not hang on it. */
function inOrder(exemplars: readonly Exemplar[]): readonly Exemplar[] {
  return exemplars.toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : Number(a.sha256 > b.sha256)));
}

/** At most `limit` of `items`, evenly spaced, first one included. */
export function thin<T>(items: readonly T[], limit: number): readonly T[] {
  if (items.length <= limit) return items;
  return Array.from({ length: limit }, (_, i) => items[Math.floor((i * items.length) / limit)]!);
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
