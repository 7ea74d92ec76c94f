/**
 * Distance of every cell of one view to the nearest patch of another: Euclidean between unit-length patch features
 * (0 equal, 2 opposite), plus a position term. Two forms: over the whole view with a soft position term (a matrix
 * product on the current backend), and within a search window (typed arrays).
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Box } from '../../image/box.ts';
import type { PatchFeatures } from './featureTower.ts';

/** Features of a view with the place of its grid in the part. */
export interface PlacedFeatures {
  readonly features: PatchFeatures;
  /** Normalised rectangle of the part that the grid covers. */
  readonly area: Box;
}

/**
 * For each query cell the smallest sqrt(|f - g|^2 + w * |p - q|^2) over the bank's cells; f, g features, p, q positions in
 * the part (0..1 per axis), w `positionWeight`. Expanding the square makes the position four more channels.
 */
export async function nearestDistances(
  query: PlacedFeatures,
  bank: PlacedFeatures,
  positionWeight: number,
): Promise<Float32Array> {
  const similarity = tf.tidy(() => {
    const left = tf.tensor2d(withPosition(query, positionWeight, 'query'), [cells(query), width(query)]);
    const right = tf.tensor2d(withPosition(bank, positionWeight, 'bank'), [cells(bank), width(bank)]);
    // Transposed first: the wasm backend's product with a transposed argument is ten times slower.
    return tf.max(tf.matMul(left, tf.transpose(right)), 1);
  });
  try {
    return ((await similarity.data()) as Float32Array).map(distanceOf);
  } finally {
    similarity.dispose();
  }
}

/** As `nearestDistances` with w = 0, over bank cells at most `radius` (normalised units of the part) away on each axis. */
export function nearestInWindow(query: PlacedFeatures, bank: PlacedFeatures, radius: number): Float32Array {
  const { dimension, rows, columns, patches } = query.features;
  const bankFeatures = bank.features;
  const distances = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const rowRange = rangeWithin(centre(query.area, 1, row, rows), radius, bank.area, 1, bankFeatures.rows);
    for (let column = 0; column < columns; column++) {
      const columnRange = rangeWithin(
        centre(query.area, 0, column, columns),
        radius,
        bank.area,
        0,
        bankFeatures.columns,
      );
      const cell = row * columns + column;
      let best = -1;
      for (let r = rowRange.first; r <= rowRange.last; r++) {
        for (let c = columnRange.first; c <= columnRange.last; c++) {
          const similarity = dot(
            patches,
            cell * dimension,
            bankFeatures.patches,
            (r * bankFeatures.columns + c) * dimension,
            dimension,
          );
          if (similarity > best) best = similarity;
        }
      }
      distances[cell] = distanceOf(best);
    }
  }
  return distances;
}

function distanceOf(similarity: number): number {
  return Math.sqrt(Math.max(0, 2 - 2 * similarity));
}

function cells({ features }: PlacedFeatures): number {
  return features.rows * features.columns;
}

function width({ features }: PlacedFeatures): number {
  return features.dimension + 4;
}

function withPosition(placed: PlacedFeatures, weight: number, side: 'query' | 'bank'): Float32Array {
  const { rows, columns, dimension, patches } = placed.features;
  const output = new Float32Array(rows * columns * (dimension + 4));
  const root = Math.sqrt(weight);
  for (let row = 0, at = 0; row < rows; row++) {
    const y = centre(placed.area, 1, row, rows) - 0.5;
    for (let column = 0; column < columns; column++) {
      const x = centre(placed.area, 0, column, columns) - 0.5;
      const cell = row * columns + column;
      output.set(patches.subarray(cell * dimension, (cell + 1) * dimension), at);
      at += dimension;
      const half = (-weight / 2) * (x * x + y * y);
      output[at++] = root * x;
      output[at++] = root * y;
      output[at++] = side === 'query' ? half : 1;
      output[at++] = side === 'query' ? 1 : half;
    }
  }
  return output;
}

/** Centre of cell `index` of `count` along an axis (0 = x, 1 = y) of `area`. */
function centre(area: Box, axis: 0 | 1, index: number, count: number): number {
  return area[axis] + ((index + 0.5) / count) * (area[axis + 2]! - area[axis]);
}

/** Bank cells whose centre is within `radius` of `position`; the nearest one when there is none. */
function rangeWithin(
  position: number,
  radius: number,
  area: Box,
  axis: 0 | 1,
  count: number,
): { first: number; last: number } {
  const step = (area[axis + 2]! - area[axis]) / count;
  const index = (value: number) => (value - area[axis]) / step - 0.5;
  const clamp = (value: number) => Math.min(count - 1, Math.max(0, value));
  const nearest = clamp(Math.round(index(position)));
  return {
    first: Math.min(nearest, clamp(Math.ceil(index(position - radius)))),
    last: Math.max(nearest, clamp(Math.floor(index(position + radius)))),
  };
}

function dot(a: Float32Array, aStart: number, b: Float32Array, bStart: number, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += a[aStart + i]! * b[bStart + i]!;
  return sum;
}
