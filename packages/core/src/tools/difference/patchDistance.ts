/**
 * Distance of every cell of one view to the nearest patch of another: Euclidean between unit-length patch features
 * (0 equal, 2 opposite). Two forms: anywhere in the view, and within a search window around the same place.
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

/** For each query cell the smallest distance to any of the bank's cells; a matrix product on the current backend. */
export async function nearestDistances(query: PatchFeatures, bank: PatchFeatures): Promise<Float32Array> {
  return readDistances(tf.tidy(() => tf.max(similarities(query, bank), 1)));
}

/** `nearestDistances` both ways round for the price of one product. */
export async function mutualDistances(a: PatchFeatures, b: PatchFeatures): Promise<[Float32Array, Float32Array]> {
  const [ofA, ofB] = tf.tidy(() => {
    const product = similarities(a, b);
    return [tf.max(product, 1), tf.max(product, 0)];
  });
  return Promise.all([readDistances(ofA), readDistances(ofB)]);
}

function similarities(query: PatchFeatures, bank: PatchFeatures): tf.Tensor2D {
  const left = tf.tensor2d(query.patches, [query.rows * query.columns, query.dimension]);
  const right = tf.tensor2d(bank.patches, [bank.rows * bank.columns, bank.dimension]);
  // Transposed first: the wasm backend's product with a transposed argument is ten times slower.
  return tf.matMul(left, tf.transpose(right));
}

/** Reads largest similarities back as distances; disposes of the tensor. */
async function readDistances(largest: tf.Tensor): Promise<Float32Array> {
  try {
    return Float32Array.from(await largest.data(), distanceOf);
  } finally {
    largest.dispose();
  }
}

/** As `nearestDistances`, over bank cells at most `radius` (normalised units of the part) away on each axis. */
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
