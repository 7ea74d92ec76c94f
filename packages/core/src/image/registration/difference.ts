/**
 * What differs between a part and an exemplar laid on it: the absolute difference of the registered pixels. Brightness
 * is matched first (one offset per channel); a shift of one pixel in each direction is forgiven, so that edges that were
 * registered to a fraction of a pixel stay quiet.
 */
import type { Raster } from '../raster.ts';
import { channelOf, reduce, sampleAt, shrink, shrinkFactor, type Plane } from './gray.ts';
import { compose, invert, mapPoint, scaling, type Similarity } from './similarity.ts';

/** Over the whole part, row-major: grey levels (0..254) of the channel that differs most, 255 where there is no exemplar. */
export interface DifferenceMap {
  readonly width: number;
  readonly height: number;
  readonly values: Uint8Array;
  /** Grey levels added to the exemplar's red, green and blue. */
  readonly brightness: readonly [number, number, number];
}

export const NOT_COVERED = 255;

const FINEST_SIDE = 768;
const CHANNELS = [0, 1, 2] as const;

/** `transform`: exemplar pixels to part pixels. Works at 768 pixels or less. */
export function differenceMap(part: Raster, exemplar: Raster, transform: Similarity): DifferenceMap {
  const [partFactor, exemplarFactor] = [shrinkFactor(part), shrinkFactor(exemplar)];
  const between = compose(scaling(1 / partFactor), compose(transform, scaling(exemplarFactor)));
  return differenceOfSmall(shrink(part, partFactor), shrink(exemplar, exemplarFactor), between);
}

function differenceOfSmall(part: Raster, exemplar: Raster, transform: Similarity): DifferenceMap {
  const partFactor = Math.max(1, Math.max(part.width, part.height) / FINEST_SIDE);
  const exemplarFactor = Math.max(1, Math.max(exemplar.width, exemplar.height) / FINEST_SIDE);
  const map = compose(scaling(1 / exemplarFactor), compose(invert(transform), scaling(partFactor)));
  const pairs = CHANNELS.map((channel) => {
    const fixed = reduce(channelOf(part, channel), partFactor);
    const laid = lay(reduce(channelOf(exemplar, channel), exemplarFactor), fixed, map);
    const offset = medianDifference(fixed, laid);
    return { ...fixed, laid: laid.data.map((value) => value + offset), offset };
  });
  const [red, green, blue] = pairs as [(typeof pairs)[0], (typeof pairs)[0], (typeof pairs)[0]];
  const { width, height } = red;
  const values = new Uint8Array(width * height).fill(NOT_COVERED);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (Number.isNaN(red.laid[at]!)) continue;
      let least = Infinity;
      for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
        for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
          const from = row * width + column;
          const most = Math.max(
            Math.abs(red.data[at]! - red.laid[from]!),
            Math.abs(green.data[at]! - green.laid[from]!),
            Math.abs(blue.data[at]! - blue.laid[from]!),
          );
          // A place without an exemplar is NaN, which is less than nothing.
          if (most < least) least = most;
        }
      }
      values[at] = Math.min(NOT_COVERED - 1, Math.round(least));
    }
  }
  const brightness = [red, green, blue].map(({ offset }) => Math.round(offset));
  return { width, height, values, brightness: [brightness[0]!, brightness[1]!, brightness[2]!] };
}

/** `plane` as seen through `map` from the pixels of `size`; NaN outside. */
function lay(plane: Plane, { width, height }: Plane, map: Similarity): Plane {
  const data = new Float32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = mapPoint(map, { x: x + 0.5, y: y + 0.5 });
      data[y * width + x] = sampleAt(plane, at.x, at.y);
    }
  }
  return { width, height, data };
}

/** Median of fixed - laid: what most of the image differs by, which no defect changes. */
function medianDifference(fixed: Plane, laid: Plane): number {
  const differences = fixed.data.map((value, at) => value - laid.data[at]!).filter((value) => !Number.isNaN(value));
  return differences.length === 0 ? 0 : differences.sort()[differences.length >> 1]!;
}
