/**
 * Keys and values of token sequences that go through the model together, one lane each. Buffers grow in steps of `bucket`
 * tokens and never by one, because the webgpu backend keeps a pool per exact buffer size; the unused tail is masked.
 */
import * as tf from '@tensorflow/tfjs-core';
import { attend, causalMask, HIDDEN } from './attention.ts';
import type { TextConfig } from './config.ts';
import type { Attention } from './language.ts';

type Tensor2D = tf.Tensor2D;

const bucket = 256;

/** From this many new tokens on, the wasm backend is faster with one plain product per head than with a batched one. */
const splitFrom = 8;

/** Attention of one pass; `dispose` frees what it holds. */
export interface CachePass {
  readonly attention: Attention;
  dispose(): void;
}

export interface KeyValueCache {
  /**
   * Attention of `count` new tokens of `lane` at its index `start` over everything before and themselves; writes their
   * keys and values. Rows from an earlier, longer write beyond `start + count` stay hidden and are overwritten later.
   */
  at(lane: number, start: number, count: number): CachePass;
  /** The same for one new token of every lane, at the index that `starts` has for it. */
  next(starts: readonly number[]): CachePass;
  /** Lane i becomes a copy of what lane `lanes[i]` was: for forks, and for lanes that end. */
  arrange(lanes: readonly number[]): void;
  dispose(): void;
}

export function createKeyValueCache(config: TextConfig, laneCount = 1): KeyValueCache {
  const { kvHeads, heads, headDim, layers } = config;
  const groups = heads / kvHeads;
  let lanes = laneCount;
  let capacity = 0;
  /** Per layer [lanes * kvHeads * capacity, headDim]. */
  let keys: Tensor2D[] = [];
  let values: Tensor2D[] = [];

  const replaceAll = (change: (table: Tensor2D | undefined) => Tensor2D) => {
    const replace = (table: Tensor2D | undefined): Tensor2D => {
      const changed = tf.tidy(() => change(table));
      table?.dispose();
      return tf.keep(changed);
    };
    keys = Array.from({ length: layers }, (_, layer) => replace(keys[layer]));
    values = Array.from({ length: layers }, (_, layer) => replace(values[layer]));
  };

  const grow = (needed: number) => {
    if (needed <= capacity) return;
    const wider = Math.ceil(needed / bucket) * bucket;
    const slices = lanes * kvHeads;
    replaceAll((table) => {
      if (!table) return tf.zeros<tf.Rank.R2>([slices * wider, headDim]);
      const tail = tf.zeros<tf.Rank.R3>([slices, wider - capacity, headDim]);
      const parts = [tf.reshape(table, [slices, capacity, headDim]) as tf.Tensor3D, tail];
      return tf.reshape(tf.concat(parts, 1), [slices * wider, headDim]) as Tensor2D;
    });
    capacity = wider;
  };

  /** `count` new tokens each of the lanes from `first` on: many of one lane, or one of many. */
  const pass = (first: number, starts: readonly number[], count: number): CachePass => {
    grow(Math.max(...starts) + count);
    const slices = starts.length * kvHeads;
    const rows = Int32Array.from({ length: slices * count }, (_, i) => {
      const slice = Math.floor(i / count);
      return (first * kvHeads + slice) * capacity + starts[Math.floor(slice / kvHeads)]! + (i % count);
    });
    const places = tf.tensor2d(rows, [rows.length, 1], 'int32');
    const mask =
      starts.length === 1
        ? causalMask(count, capacity, starts[0]!, count === 1 ? 1 : groups)
        : laneMask(starts, kvHeads, capacity);
    const byHead = (x: Tensor2D) => {
      if (count === 1) return x;
      return tf.transpose(tf.reshape(x, [count, -1, headDim]), [1, 0, 2]);
    };
    const write = (table: Tensor2D, x: Tensor2D): Tensor2D => {
      const update = tf.reshape(byHead(x), [slices * count, headDim]);
      const written: Tensor2D = tf.tensorScatterUpdate(table, places, update);
      table.dispose();
      return tf.keep(written);
    };
    const own = (table: Tensor2D): Tensor2D =>
      starts.length === lanes ? table : tf.slice(table, [first * kvHeads * capacity, 0], [slices * capacity, -1]);
    const attention: Attention = (layer, q, k, v) => {
      const layerKeys = (keys[layer] = write(keys[layer]!, k));
      const layerValues = (values[layer] = write(values[layer]!, v));
      const queries = tf.reshape(byHead(q), [slices, groups * count, headDim]) as tf.Tensor3D;
      const attended = attendPerHead(queries, own(layerKeys), own(layerValues), mask);
      if (count === 1) return tf.reshape(attended, [starts.length, heads * headDim]);
      const byToken = tf.transpose(tf.reshape(attended, [heads, count, headDim]), [1, 0, 2]);
      return tf.reshape(byToken, [count, heads * headDim]);
    };
    return { attention, dispose: () => tf.dispose([places, mask]) };
  };

  return {
    at: (lane, start, count) => pass(lane, [start], count),
    next: (starts) => pass(0, starts, 1),
    arrange(order) {
      if (order.length === lanes && order.every((from, to) => from === to)) return;
      if (capacity > 0) {
        replaceAll((table) => {
          const byLane = tf.reshape(table!, [lanes, -1]);
          return tf.reshape(tf.gather(byLane, tf.tensor1d([...order], 'int32')), [-1, headDim]);
        });
      }
      lanes = order.length;
    },
    dispose() {
      tf.dispose([keys, values]);
      keys = [];
      values = [];
      capacity = 0;
    },
  };
}

/** [lanes * kvHeads, 1, capacity]: 0 up to the new token of each lane, hidden after it. */
function laneMask(starts: readonly number[], kvHeads: number, capacity: number): tf.Tensor3D {
  const mask = new Float32Array(starts.length * kvHeads * capacity);
  for (let slice = 0; slice < starts.length * kvHeads; slice++) {
    mask.fill(HIDDEN, slice * capacity + starts[Math.floor(slice / kvHeads)]! + 1, (slice + 1) * capacity);
  }
  return tf.tensor3d(mask, [starts.length * kvHeads, 1, capacity]);
}

/** q [slices, M, d] against tables [slices * capacity, d]: [slices, M, d]. */
function attendPerHead(q: tf.Tensor3D, keys: Tensor2D, values: Tensor2D, mask: tf.Tensor): tf.Tensor3D {
  const [slices, rows, headDim] = q.shape;
  if (tf.getBackend() !== 'wasm' || rows < splitFrom) {
    const shape: [number, number, number] = [slices, -1, headDim];
    return attend(q, tf.reshape(keys, shape), tf.reshape(values, shape), mask);
  }
  const heads = (x: tf.Tensor) => tf.split(tf.reshape(x, [-1, headDim]) as Tensor2D, slices);
  const [qs, ks, vs] = [heads(q), heads(keys), heads(values)];
  const masks = mask.rank === 3 ? tf.unstack(mask) : null;
  return tf.stack(qs.map((part, i) => attend(part, ks[i]!, vs[i]!, masks?.[i] ?? mask))) as tf.Tensor3D;
}
