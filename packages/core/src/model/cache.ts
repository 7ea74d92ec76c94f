/**
 * Keys and values of one token sequence. Buffers grow in steps of `bucket` tokens and never by one, because the webgpu
 * backend keeps a pool per exact buffer size; the unused tail is masked.
 */
import * as tf from '@tensorflow/tfjs-core';
import { attend, causalMask } from './attention.ts';
import type { TextConfig } from './config.ts';
import type { Attention } from './language.ts';

type Tensor2D = tf.Tensor2D;

const bucket = 256;

/** From this many new tokens on, the wasm backend is faster with one plain product per head than with a batched one. */
const splitFrom = 8;

export interface KeyValueCache {
  /**
   * Attention of `count` new tokens at sequence index `start` over everything before and themselves; writes their keys
   * and values. Rows from an earlier, longer write beyond `start + count` stay hidden and are overwritten later.
   */
  at(start: number, count: number): { attention: Attention; dispose(): void };
  dispose(): void;
}

export function createKeyValueCache(config: TextConfig): KeyValueCache {
  const { kvHeads, heads, headDim, layers } = config;
  const groups = heads / kvHeads;
  let capacity = 0;
  /** Per layer [kvHeads * capacity, headDim]. */
  let keys: Tensor2D[] = [];
  let values: Tensor2D[] = [];

  const grow = (needed: number) => {
    if (needed <= capacity) return;
    const wider = Math.ceil(needed / bucket) * bucket;
    const extend = (old: Tensor2D | undefined): Tensor2D => {
      const grown = tf.tidy(() => {
        if (!old) return tf.zeros<tf.Rank.R2>([kvHeads * wider, headDim]);
        const tail = tf.zeros<tf.Rank.R3>([kvHeads, wider - capacity, headDim]);
        const parts = [tf.reshape(old, [kvHeads, capacity, headDim]) as tf.Tensor3D, tail];
        return tf.reshape(tf.concat(parts, 1), [kvHeads * wider, headDim]) as Tensor2D;
      });
      old?.dispose();
      return tf.keep(grown);
    };
    keys = Array.from({ length: layers }, (_, layer) => extend(keys[layer]));
    values = Array.from({ length: layers }, (_, layer) => extend(values[layer]));
    capacity = wider;
  };

  return {
    at(start, count) {
      grow(start + count);
      const rows = Int32Array.from({ length: kvHeads * count }, (_, i) => {
        return Math.floor(i / count) * capacity + start + (i % count);
      });
      const places = tf.tensor2d(rows, [rows.length, 1], 'int32');
      const mask = causalMask(count, capacity, start, count === 1 ? 1 : groups);
      const byHead = (x: Tensor2D) => {
        if (count === 1) return x;
        return tf.transpose(tf.reshape(x, [count, -1, headDim]), [1, 0, 2]);
      };
      const write = (table: Tensor2D, x: Tensor2D): Tensor2D => {
        const update = tf.reshape(byHead(x), [kvHeads * count, headDim]);
        const written: Tensor2D = tf.tensorScatterUpdate(table, places, update);
        table.dispose();
        return tf.keep(written);
      };
      const attention: Attention = (layer, q, k, v) => {
        const layerKeys = (keys[layer] = write(keys[layer]!, k));
        const layerValues = (values[layer] = write(values[layer]!, v));
        const queries = tf.reshape(byHead(q), [kvHeads, groups * count, headDim]) as tf.Tensor3D;
        const attended = attendPerHead(queries, layerKeys, layerValues, mask);
        if (count === 1) return tf.reshape(attended, [1, heads * headDim]);
        const byToken = tf.transpose(tf.reshape(attended, [heads, count, headDim]), [1, 0, 2]);
        return tf.reshape(byToken, [count, heads * headDim]);
      };
      return {
        attention,
        dispose: () => tf.dispose([places, mask]),
      };
    },
    dispose() {
      tf.dispose([keys, values]);
      keys = [];
      values = [];
      capacity = 0;
    },
  };
}

/** q [kvHeads, M, d] against tables [kvHeads * capacity, d]: [kvHeads, M, d]. */
function attendPerHead(q: tf.Tensor3D, keys: Tensor2D, values: Tensor2D, mask: Tensor2D): tf.Tensor3D {
  const [kvHeads, rows, headDim] = q.shape;
  if (tf.getBackend() !== 'wasm' || rows < splitFrom) {
    const shape: [number, number, number] = [kvHeads, -1, headDim];
    return attend(q, tf.reshape(keys, shape), tf.reshape(values, shape), mask);
  }
  const heads = (x: tf.Tensor) => tf.split(tf.reshape(x, [-1, headDim]) as Tensor2D, kvHeads);
  const [qs, ks, vs] = [heads(q), heads(keys), heads(values)];
  return tf.stack(qs.map((part, head) => attend(part, ks[head]!, vs[head]!, mask))) as tf.Tensor3D;
}
