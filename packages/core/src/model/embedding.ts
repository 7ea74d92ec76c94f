/**
 * Rows of tables: token embeddings with the image embeddings put in their places, and picked rows. Indices are host
 * numbers, so the gradients need no scatter: the wasm backend has none and the webgpu one is not repeatable.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assert } from '../support/assert.ts';
import { product, withGradient } from './ops.ts';

type Tensor2D = tf.Tensor2D;

/** Image embeddings [M, D] and the positions in the flat sequence that they fill, each once. */
export interface VisualInput {
  readonly embeds: Tensor2D;
  readonly positions: Int32Array;
}

/** Embeds `ids` [N] with a table [V, D]; positions of `visual` take their image embedding instead: [N, D]. */
export function embedTokens(table: Tensor2D, ids: Int32Array, visual: VisualInput | null): Tensor2D {
  const isText = new Uint8Array(ids.length).fill(1);
  visual?.positions.forEach((position) => (isText[position] = 0));
  const rows = ids.map((id, n) => (isText[n] ? id : 0));
  if (!visual || visual.positions.length === 0) {
    return withGradient(
      [table],
      () => ({ value: gatherRows(table, rows), saved: [] }),
      (dy) => [tableGradient(dy, rows, isText, table.shape[0])],
    );
  }
  const { embeds, positions } = visual;
  assert(positions.length === embeds.shape[0], `${embeds.shape[0]} image embeddings for ${positions.length} places`);
  return withGradient(
    [table, embeds],
    () => ({ value: placeRows(gatherRows(table, rows), embeds, positions), saved: [] }),
    (dy) => [tableGradient(dy, rows, isText, table.shape[0]), gatherRows(dy, positions)],
  );
}

/** `base` [N, D] with row positions[i] replaced by row i of `rows`. */
export function placeRows(base: Tensor2D, rows: Tensor2D, positions: Int32Array): Tensor2D {
  return tf.tidy(() => {
    const index = Int32Array.from({ length: base.shape[0] }, (_, n) => n);
    positions.forEach((position, i) => (index[position] = base.shape[0] + i));
    return gatherRows(tf.concat([base, rows]), index);
  });
}

/** Picks `rows` (each at most once) of x [N, D], for the head on trained positions only. */
export function takeRows(x: Tensor2D, rows: Int32Array): Tensor2D {
  const [count, width] = x.shape;
  return withGradient(
    [x],
    () => ({ value: gatherRows(x, rows), saved: [] }),
    (dy) => {
      const index = new Int32Array(count).fill(rows.length);
      rows.forEach((row, i) => (index[row] = i));
      return [gatherRows(tf.concat([dy, tf.zeros<tf.Rank.R2>([1, width])]), index)];
    },
  );
}

/** Rows of a table without a gradient of its own. */
export function gatherRows(table: Tensor2D, rows: Int32Array): Tensor2D {
  return tf.tidy(() => tf.gather(table, tf.tensor1d(rows, 'int32')));
}

/** Sums dy [N, D] per id into [V, D]: a product with the one-hot matrix of the ids that occur. */
function tableGradient(dy: Tensor2D, ids: Int32Array, isText: Uint8Array, vocabSize: number): Tensor2D {
  return tf.tidy(() => {
    const slots = new Map<number, number>();
    ids.forEach((id, n) => {
      if (isText[n] && !slots.has(id)) slots.set(id, slots.size);
    });
    const count = ids.length;
    const oneHot = new Float32Array((slots.size + 1) * count); // the last row stays zero: ids that do not occur
    ids.forEach((id, n) => {
      if (isText[n]) oneHot[slots.get(id)! * count + n] = 1;
    });
    const sums = product(tf.tensor2d(oneHot, [slots.size + 1, count]), dy);
    return gatherRows(
      sums,
      Int32Array.from({ length: vocabSize }, (_, id) => slots.get(id) ?? slots.size),
    );
  });
}
