/** A view of a part as the feature tower sees it. */
import type { Box, Size } from '../../image/box.ts';
import type { Raster } from '../../image/raster.ts';
import { resizeRaster } from '../../image/resize.ts';
import type { FeatureTower } from './featureTower.ts';
import type { PlacedFeatures } from './patchDistance.ts';

/** Features of a view, with the pixels the tower was given. */
export interface SeenView extends PlacedFeatures {
  readonly pixels: Raster;
}

/** The whole part. */
export const wholeView: Box = [0, 0, 1, 1];

export function isWhole(view: Box): boolean {
  return view.every((value, i) => Math.abs(value - wholeView[i]!) < 1e-6);
}

/** Shows `raster`, the part's rectangle `area`, to the tower at `size`. */
export async function see(tower: FeatureTower, raster: Raster, size: Size, area: Box): Promise<SeenView> {
  const pixels = resizeRaster(raster, size.width, size.height);
  return { features: await tower.extract(pixels, size), area, pixels };
}
