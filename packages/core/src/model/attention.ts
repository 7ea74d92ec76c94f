/**
 * Softmax attention inside segments of a flat sequence: the windows or images of the vision tower, the sequences of a
 * training batch. Rows outside every segment come out as zeros. Queries arrive scaled and rotated. Probabilities are
 * recomputed for the gradient rather than kept.
 */
import * as tf from '@tensorflow/tfjs-core';
import { assert } from '../support/assert.ts';
import { product, withGradient } from './ops.ts';
import { longestSegment, runAttention, runAttentionGradient, segmentRows } from './webgpuAttention.ts';

type Tensor2D = tf.Tensor2D;

export interface Segment {
  readonly start: number;
  readonly length: number;
}

export interface AttentionPlan {
  readonly heads: number;
  /** Query heads h share key-value head floor(h / (heads / kvHeads)). */
  readonly kvHeads: number;
  readonly headDim: number;
  /** Disjoint and in order. */
  readonly segments: readonly Segment[];
  /** A token sees only itself and what is before it in its segment. */
  readonly causal: boolean;
}

/** Largest block of attention scores that is held at once, in values (64 MiB). */
const maxScores = 2 ** 24;

/** Above this many multiply-adds per product, the wasm backend is faster with one plain 2-D product per head. */
const splitFrom = 2 ** 15;

/** What is added to the score of a place that must not be seen. */
export const HIDDEN = -1e9;

/**
 * softmax(q kT + mask) v for q [.., M, d], k and v [.., N, d]; mask [M, N], [1, N] or [.., 1, N] is added to the scores.
 * Query rows go in blocks, so that at most `scoreLimit` scores are held at once.
 */
export function attend<T extends tf.Tensor>(q: T, k: T, v: T, mask: tf.Tensor | null, scoreLimit = maxScores): T {
  return tf.tidy(() => {
    const rows = q.shape[q.rank - 2]!;
    const keys = k.shape[k.rank - 2]!;
    const slices = q.rank === 3 ? q.shape[0]! : 1;
    const step = Math.max(1, Math.floor(scoreLimit / (slices * keys)));
    if (rows <= step) return product(probabilities(q, k, mask), v);
    const parts: T[] = [];
    for (let start = 0; start < rows; start += step) {
      const count = Math.min(step, rows - start);
      const part = q.rank === 3 ? tf.slice(q, [0, start, 0], [-1, count, -1]) : tf.slice(q, [start, 0], [count, -1]);
      const hasRows = mask !== null && mask.rank === 2 && mask.shape[0]! > 1;
      const partMask = hasRows ? tf.slice(mask, [start, 0], [count, -1]) : mask;
      parts.push(tf.tidy(() => product(probabilities(part, k, partMask), v)));
    }
    return tf.concat(parts, q.rank - 2);
  });
}

function probabilities<T extends tf.Tensor>(q: T, k: T, mask: tf.Tensor | null): T {
  const scores = product(q, k, false, true);
  return tf.softmax(mask ? (tf.add(scores, mask) as T) : scores);
}

/** Gradients of `attend` for q, k and v. */
function attendGradient(q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, mask: Tensor2D | null, dy: tf.Tensor): tf.Tensor[] {
  return tf.tidy(() => {
    const p = probabilities(q, k, mask);
    const dV = product(p, dy, true, false);
    const weighted = tf.mul(product(dy, v, false, true), p); // dP * P
    const dScores = tf.sub(weighted, tf.mul(p, tf.sum(weighted, -1, true)));
    return [product(dScores, k), product(dScores, q, true, false), dV];
  });
}

/** [rows * repeats, columns]: 0 where column <= row + offset, else hidden; the block is repeated `repeats` times. */
export function causalMask(rows: number, columns: number, offset: number, repeats: number): Tensor2D {
  const block = rows * columns;
  const mask = new Float32Array(block * repeats);
  for (let row = 0; row < rows; row++) {
    mask.fill(HIDDEN, row * columns + Math.min(columns, row + offset + 1), (row + 1) * columns);
  }
  for (let i = 1; i < repeats; i++) mask.copyWithin(i * block, 0, block);
  return tf.tensor2d(mask, [rows * repeats, columns]);
}

/** Masks by segment length, made once for all layers (empty without `causal`). Owned by the caller. */
export type AttentionMasks = ReadonlyMap<number, Tensor2D>;

export function attentionMasks(plan: AttentionPlan): AttentionMasks {
  const masks = new Map<number, Tensor2D>();
  if (!plan.causal || isFused(plan)) return masks;
  for (const { length } of plan.segments) {
    if (!masks.has(length)) masks.set(length, causalMask(length, length, 0, plan.heads / plan.kvHeads));
  }
  return masks;
}

/** Whether the backend has single programs for it: dispatches cost more than the arithmetic of short segments. */
function isFused({ segments }: AttentionPlan): boolean {
  return tf.getBackend() === 'webgpu' && segments.every(({ length }) => length <= longestSegment);
}

function fusedAttention(q: Tensor2D, k: Tensor2D, v: Tensor2D, plan: AttentionPlan): Tensor2D {
  return withGradient(
    [q, k, v],
    () => {
      const rows = segmentRows(plan, q.shape[0]);
      const value = runAttention(q, k, v, rows, plan);
      return { value, saved: [q, k, v, value, rows] };
    },
    (dy, saved) => {
      const [q0, k0, v0, value, rows] = saved as [Tensor2D, Tensor2D, Tensor2D, Tensor2D, tf.Tensor1D];
      return runAttentionGradient({ q: q0, k: k0, v: v0, value }, rows, dy, plan);
    },
  );
}

/** Attention of q [N, heads * d], k and v [N, kvHeads * d] inside the plan's segments: [N, heads * d]. */
export function segmentAttention(
  q: Tensor2D,
  k: Tensor2D,
  v: Tensor2D,
  plan: AttentionPlan,
  masks: AttentionMasks,
): Tensor2D {
  if (isFused(plan)) return fusedAttention(q, k, v, plan);
  const lengths = [...masks.keys()];
  return withGradient(
    [q, k, v],
    () => {
      const split = splitter(plan, q.shape[0]);
      const [qs, ks, vs] = [split.queries(q), split.keys(k), split.keys(v)];
      const parts = qs.map((part, i) => attend(part, ks[i]!, vs[i]!, masks.get(split.lengths[i]!) ?? null));
      return { value: split.join(parts, plan.heads), saved: [q, k, v, ...masks.values()] };
    },
    (dy, [q0, k0, v0, ...kept]) => {
      const split = splitter(plan, dy.shape[0]);
      const [qs, ks, vs, dys] = [
        split.queries(q0 as Tensor2D),
        split.keys(k0 as Tensor2D),
        split.keys(v0 as Tensor2D),
        split.queries(dy),
      ];
      const gradients = qs.map((part, i) => {
        const mask = (kept[lengths.indexOf(split.lengths[i]!)] as Tensor2D | undefined) ?? null;
        return attendGradient(part, ks[i]!, vs[i]!, mask, dys[i]!);
      });
      const pick = (index: number) => gradients.map((parts) => parts[index]!);
      return [split.join(pick(0), plan.heads), split.join(pick(1), plan.kvHeads), split.join(pick(2), plan.kvHeads)];
    },
  );
}

/** How a flat tensor is cut into the operands of `attend` and put together again. */
interface Splitter {
  /** Segment length of each part. */
  readonly lengths: readonly number[];
  queries(x: Tensor2D): tf.Tensor[];
  keys(x: Tensor2D): tf.Tensor[];
  join(parts: readonly tf.Tensor[], heads: number): Tensor2D;
}

function splitter(plan: AttentionPlan, rows: number): Splitter {
  if (tf.getBackend() !== 'wasm') return batchSplitter(plan, rows);
  const covered = plan.segments.reduce((sum, { length }) => sum + length, 0);
  const pairs = plan.segments.reduce((sum, { length }) => sum + length ** 2, 0);
  const work = (pairs / plan.segments.length) * (plan.heads / plan.kvHeads) * plan.headDim;
  return covered < rows || work > splitFrom ? hostSplitter(plan, rows) : batchSplitter(plan, rows);
}

/** One part per run of equally long neighbours: [count * kvHeads, groups * length, d], by slices and transposes. */
function batchSplitter(plan: AttentionPlan, rows: number): Splitter {
  const { headDim, kvHeads } = plan;
  const runs: { start: number; length: number; count: number }[] = [];
  let covered = 0;
  for (const { start, length } of plan.segments) {
    assert(start === covered, `batched attention needs segments without gaps, but row ${covered} has none`);
    covered = start + length;
    const last = runs.at(-1);
    if (last?.length === length) last.count++;
    else runs.push({ start, length, count: 1 });
  }
  assert(covered === rows, `segments cover ${covered} of ${rows} rows`);
  const cut = (x: Tensor2D) =>
    runs.map(({ start, length, count }) =>
      tf.tidy(() => {
        const part = runs.length === 1 ? x : tf.slice(x, [start, 0], [length * count, -1]);
        const byHead = tf.transpose(tf.reshape(part, [count, length, -1, headDim]), [0, 2, 1, 3]); // [count, heads, length, d]
        return tf.reshape(byHead, [count * kvHeads, -1, headDim]) as tf.Tensor;
      }),
    );
  return {
    lengths: runs.map((run) => run.length),
    queries: cut,
    keys: cut,
    join: (parts, heads) =>
      tf.tidy(() => {
        const flat = parts.map((part, i) => {
          const { length, count } = runs[i]!;
          const byToken = tf.transpose(tf.reshape(part, [count, heads, length, headDim]), [0, 2, 1, 3]);
          return tf.reshape(byToken, [count * length, heads * headDim]) as Tensor2D;
        });
        return flat.length === 1 ? flat[0]! : tf.concat(flat);
      }),
  };
}

/** One 2-D part per segment and key-value head, [groups * length, d]; cut on the host, where wasm memory is at hand. */
function hostSplitter(plan: AttentionPlan, rows: number): Splitter {
  const { headDim, kvHeads, segments } = plan;
  const cut = (x: Tensor2D) => {
    const values = x.dataSync<'float32'>();
    const width = x.shape[1];
    const groups = width / headDim / kvHeads;
    const parts: tf.Tensor[] = [];
    for (const { start, length } of segments) {
      for (let head = 0; head < kvHeads; head++) {
        const part = new Float32Array(groups * length * headDim);
        for (let group = 0, at = 0; group < groups; group++) {
          let from = start * width + (head * groups + group) * headDim;
          for (let t = 0; t < length; t++, at += headDim, from += width) {
            for (let i = 0; i < headDim; i++) part[at + i] = values[from + i]!;
          }
        }
        parts.push(tf.tensor2d(part, [groups * length, headDim]));
      }
    }
    return parts;
  };
  return {
    lengths: segments.flatMap(({ length }) => Array.from({ length: kvHeads }, () => length)),
    queries: cut,
    keys: cut,
    join: (parts, heads) => {
      const width = heads * headDim;
      const groups = heads / kvHeads;
      const joined = new Float32Array(rows * width);
      parts.forEach((part, index) => {
        const { start, length } = segments[Math.floor(index / kvHeads)]!;
        const values = part.dataSync<'float32'>();
        for (let group = 0, at = 0; group < groups; group++) {
          let to = start * width + ((index % kvHeads) * groups + group) * headDim;
          for (let t = 0; t < length; t++, at += headDim, to += width) {
            for (let i = 0; i < headDim; i++) joined[to + i] = values[at + i]!;
          }
        }
      });
      return tf.tensor2d(joined, [rows, width]);
    },
  };
}
