/**
 * A bank of patches for libraries too large to be searched whole. Every exemplar gives its own coreset, of equal size:
 * greedy k-center (Gonzalez, 1985; for patches Roth et al., 2022) after a random projection. Chosen per exemplar and not
 * over all, because then each exemplar can be left out as if it had never been there (calibration, `excludeSha256`),
 * and one more costs no more than itself. Accuracy and time: docs/results.md, "Large libraries".
 */
import * as tf from '@tensorflow/tfjs-core';
import { createRandom } from '../../support/random.ts';
import type { PatchFeatures } from './featureTower.ts';

/** Dimensions that distances are judged in while a coreset is chosen. */
const projectedDimensions = 32;

/** Bank patches multiplied at a time: bounds the product's memory. */
const blockPatches = 4096;

/** Similarity below any: what nothing was compared with. */
const none = -2;

/** The nearest patch per query cell, and the nearest one of any other exemplar: either exemplar can be left out. */
export interface NearestTwo {
  /** Distances (0 equal, 2 opposite), per cell of the query. */
  readonly first: Float32Array;
  /** The exemplar of `first`, as numbered when added. */
  readonly owner: Int32Array;
  readonly second: Float32Array;
}

export interface PatchBank {
  readonly exemplarCount: number;
  /** Nearest patches of all exemplars but `without`. */
  search(query: PatchFeatures, without: number | null): Promise<NearestTwo>;
}

/** Seeded: the same exemplars in the same order give the same bank. */
export function createBankBuilder(patchesPerExemplar: number): {
  add(features: PatchFeatures): Promise<void>;
  build(): PatchBank;
} {
  const chosen: Float32Array[] = [];
  let dimension = 0;
  let projection: Float32Array | null = null;
  return {
    async add(features) {
      dimension = features.dimension;
      projection ??= randomProjection(dimension);
      const cells = chooseCoreset(await project(features, projection), projectedDimensions, patchesPerExemplar);
      const patches = new Float32Array(patchesPerExemplar * dimension);
      cells.forEach((cell, at) => {
        patches.set(features.patches.subarray(cell * dimension, (cell + 1) * dimension), at * dimension);
      });
      chosen.push(patches);
    },
    build() {
      const perBlock = Math.max(1, Math.floor(blockPatches / patchesPerExemplar));
      const blocks: Block[] = [];
      for (let first = 0; first < chosen.length; first += perBlock) {
        const members = chosen.slice(first, first + perBlock);
        blocks.push({ first, count: members.length, values: transposed(members, patchesPerExemplar, dimension) });
      }
      const { length } = chosen;
      return {
        exemplarCount: length,
        search: (query, without) => searchBlocks(query, blocks, patchesPerExemplar, without),
      };
    },
  };
}

interface Block {
  /** Number of the first exemplar in it. */
  readonly first: number;
  readonly count: number;
  /** [dimension, count * patches per exemplar]: the wasm product with a transposed argument is ten times slower. */
  readonly values: Float32Array;
}

async function searchBlocks(
  query: PatchFeatures,
  blocks: readonly Block[],
  perExemplar: number,
  without: number | null,
): Promise<NearestTwo> {
  const cells = query.rows * query.columns;
  const first = new Float32Array(cells).fill(none);
  const second = new Float32Array(cells).fill(none);
  const owner = new Int32Array(cells).fill(-1);
  const left = tf.tensor2d(query.patches, [cells, query.dimension]);
  try {
    for (const block of blocks) {
      const largest = tf.tidy(() => {
        const right = tf.tensor2d(block.values, [query.dimension, block.count * perExemplar]);
        return tf.max(tf.reshape(tf.matMul(left, right), [cells * block.count, perExemplar]), 1);
      });
      const similarities = await largest.data().finally(() => largest.dispose());
      for (let at = 0; at < similarities.length; at++) {
        const exemplar = block.first + (at % block.count);
        if (exemplar === without) continue;
        const cell = Math.floor(at / block.count);
        const similarity = similarities[at]!;
        if (similarity > first[cell]!) {
          second[cell] = first[cell]!;
          first[cell] = similarity;
          owner[cell] = exemplar;
        } else if (similarity > second[cell]!) second[cell] = similarity;
      }
    }
  } finally {
    left.dispose();
  }
  const distance = (similarity: number) => Math.sqrt(Math.max(0, 2 - 2 * similarity));
  return { first: first.map(distance), owner, second: second.map(distance) };
}

/** `NearestTwo` with exemplar `without` left out, or with none. */
export function distancesWithout({ first, owner, second }: NearestTwo, without: number | null): Float32Array {
  return without === null ? first : first.map((value, cell) => (owner[cell] === without ? second[cell]! : value));
}

/**
 * `count` of the points ([n, dimension], row-major) that cover them best: each next one is the farthest from all before
 * it, the first is the farthest from the mean. Fewer points than `count`: all, over and over.
 */
export function chooseCoreset(points: Float32Array, dimension: number, count: number): Int32Array {
  const n = points.length / dimension;
  const chosen = new Int32Array(count);
  const nearest = new Float32Array(n).fill(Infinity);
  let centre = meanPoint(points, dimension);
  for (let k = 0; k < count; k++) {
    let farthest = 0;
    for (let i = 0; i < n; i++) {
      let square = 0;
      for (let d = 0; d < dimension; d++) square += (points[i * dimension + d]! - centre[d]!) ** 2;
      // The mean is not one of the points: it only tells where to begin.
      if (k < 2 || square < nearest[i]!) nearest[i] = square;
      if (nearest[i]! > nearest[farthest]!) farthest = i;
    }
    chosen[k] = k < n ? farthest : chosen[k % n]!;
    centre = points.subarray(farthest * dimension, (farthest + 1) * dimension);
  }
  return chosen;
}

function meanPoint(points: Float32Array, dimension: number): Float32Array {
  const mean = new Float32Array(dimension);
  for (let i = 0; i < points.length; i++) mean[i % dimension]! += (points[i]! * dimension) / points.length;
  return mean;
}

/** [dimension, projectedDimensions] of normal numbers: keeps distances up to a factor (Johnson and Lindenstrauss, 1984). */
function randomProjection(dimension: number): Float32Array {
  const random = createRandom(1);
  return Float32Array.from({ length: dimension * projectedDimensions }, () => random.normal());
}

async function project(features: PatchFeatures, projection: Float32Array): Promise<Float32Array> {
  const { rows, columns, dimension, patches } = features;
  const product = tf.tidy(() =>
    tf.matMul(
      tf.tensor2d(patches, [rows * columns, dimension]),
      tf.tensor2d(projection, [dimension, projectedDimensions]),
    ),
  );
  try {
    return (await product.data()) as Float32Array;
  } finally {
    product.dispose();
  }
}

/** Members' [patches, dimension] side by side as [dimension, members * patches]. */
function transposed(members: readonly Float32Array[], perExemplar: number, dimension: number): Float32Array {
  const columns = members.length * perExemplar;
  const values = new Float32Array(dimension * columns);
  members.forEach((patches, member) => {
    for (let patch = 0; patch < perExemplar; patch++) {
      for (let d = 0; d < dimension; d++) {
        values[d * columns + member * perExemplar + patch] = patches[patch * dimension + d]!;
      }
    }
  });
  return values;
}
