/** The vision tower: patches to image embeddings, with windowed and full attention (see `config.ts` for sizes). */
import * as tf from '@tensorflow/tfjs-core';
import { assert } from '../support/assert.ts';
import { attentionMasks, segmentAttention, type AttentionPlan, type Segment } from './attention.ts';
import type { ModelConfig, VisionConfig } from './config.ts';
import { takeRows } from './embedding.ts';
import { add, gatedSilu, gelu, linear, reshapeRows, rmsNorm, rotaryTables, rotate, type RotaryTables } from './ops.ts';
import { param, type Params } from './params.ts';
import { imageTokens, patchPositions, visionAngles, windowOrder, type Grid } from './positions.ts';

type Tensor2D = tf.Tensor2D;

/** Row order of several images, so that windows of one size lie together; pure numbers. */
export interface VisionPlan {
  /** Merge groups of all images: position i of the reordered sequence holds group `order[i]`. */
  readonly order: Int32Array;
  /** Where group i of the processor's order went: the inverse of `order`. */
  readonly restore: Int32Array;
  /** Segments in patches of the reordered sequence. */
  readonly windows: readonly Segment[];
  readonly images: readonly Segment[];
}

/** Orders the merge groups of `grids` by image, inside by window, larger windows first (their order is free). */
export function planVision(grids: readonly Grid[], config: VisionConfig): VisionPlan {
  const unit = config.mergeSize ** 2;
  const order: number[] = [];
  const windows: Segment[] = [];
  const images: Segment[] = [];
  let firstGroup = 0;
  for (const grid of grids) {
    assert(
      grid.height > 0 && grid.width > 0 && grid.height % config.mergeSize === 0 && grid.width % config.mergeSize === 0,
      `image grid ${grid.height} x ${grid.width} is not a multiple of ${config.mergeSize}`,
    );
    images.push({ start: firstGroup * unit, length: grid.height * grid.width });
    const { order: own, cuSeqlens } = windowOrder(grid, config);
    const spans = cuSeqlens.slice(1).map((end, i) => ({ start: cuSeqlens[i]!, length: end - cuSeqlens[i]! }));
    for (const { start, length } of spans.sort((a, b) => b.length - a.length)) {
      windows.push({ start: order.length * unit, length });
      for (let i = start / unit; i < (start + length) / unit; i++) order.push(firstGroup + own[i]!);
    }
    firstGroup += imageTokens(grid, config.mergeSize);
  }
  const restore = new Int32Array(order.length);
  order.forEach((group, i) => (restore[group] = i));
  return { order: Int32Array.from(order), restore, windows, images };
}

/** What all stages of the tower share for one set of images. Its tables are tensors, owned by the caller. */
export interface VisionContext {
  readonly plan: VisionPlan;
  readonly rotaryQ: RotaryTables;
  readonly rotaryK: RotaryTables;
  readonly windowed: AttentionPlan;
  readonly full: AttentionPlan;
}

export function visionContext(config: VisionConfig, grids: readonly Grid[]): VisionContext {
  const plan = planVision(grids, config);
  const { heads, headDim, mergeSize } = config;
  const angles = grids.map((grid) => visionAngles(patchPositions(grid, mergeSize), config));
  const ordered = reorder(concatenate(angles), plan.order, (mergeSize ** 2 * headDim) / 2);
  const attention = (segments: readonly Segment[]): AttentionPlan => ({
    heads,
    kvHeads: heads,
    headDim,
    segments,
    causal: false,
  });
  return {
    plan,
    rotaryQ: rotaryTables(ordered, heads, headDim, headDim ** -0.5),
    rotaryK: rotaryTables(ordered, heads, headDim),
    windowed: attention(plan.windows),
    full: attention(plan.images),
  };
}

/**
 * Image embeddings [M, D] of one or several images: `pixelValues` [P, patchDim] holds their patches one after the
 * other in the processor's order, M = P / mergeSize^2. Each image sees only itself.
 */
export function visionEmbeds(
  params: Params,
  config: ModelConfig,
  pixelValues: Float32Array,
  grids: readonly Grid[],
): Tensor2D {
  const { vision } = config;
  if (grids.length === 0) return tf.zeros([0, vision.outHiddenSize]);
  return tf.tidy(() => {
    const context = visionContext(vision, grids);
    let x = visionInput(params, vision, pixelValues, context);
    for (let block = 0; block < vision.depth; block++) x = visionBlock(params, vision, block, x, context);
    return visionOutput(params, vision, x, context);
  });
}

/** First stage: patches in window order, projected, [P, hidden]. */
export function visionInput(
  params: Params,
  config: VisionConfig,
  pixelValues: Float32Array,
  { plan }: VisionContext,
): Tensor2D {
  const unit = config.mergeSize ** 2;
  const patches = plan.order.length * unit;
  assert(
    pixelValues.length === patches * config.patchDim,
    `${pixelValues.length} pixel values for ${patches} patches of ${config.patchDim}`,
  );
  const ordered = reorder(pixelValues, plan.order, unit * config.patchDim);
  return linear(tf.tensor2d(ordered, [patches, config.patchDim]), param(params, 'visual.patch_embed.proj.weight'));
}

/** One block on x [P, hidden] in window order. Frees what it makes on the way. */
export function visionBlock(
  params: Params,
  config: VisionConfig,
  block: number,
  x: Tensor2D,
  { rotaryQ, rotaryK, windowed, full }: VisionContext,
): Tensor2D {
  const name = `visual.blocks.${block}`;
  const plan = config.fullAttentionBlocks.includes(block) ? full : windowed;
  const layer = (input: Tensor2D, key: string) =>
    linear(input, param(params, `${name}.${key}.weight`), param(params, `${name}.${key}.bias`));
  return tf.tidy(() => {
    const normed = rmsNorm(x, param(params, `${name}.norm1.weight`), config.rmsNormEps);
    const q = rotate(layer(normed, 'attn.q'), rotaryQ);
    const k = rotate(layer(normed, 'attn.k'), rotaryK);
    const attended = segmentAttention(q, k, layer(normed, 'attn.v'), plan, attentionMasks(plan));
    const middle = add(x, layer(attended, 'attn.proj'));
    const second = rmsNorm(middle, param(params, `${name}.norm2.weight`), config.rmsNormEps);
    const inner = gatedSilu(layer(second, 'mlp.gate_proj'), layer(second, 'mlp.up_proj'));
    return add(middle, layer(inner, 'mlp.down_proj'));
  });
}

/** Last stage: [P, hidden] in window order to embeddings [M, D] in the processor's order. */
export function visionOutput(params: Params, config: VisionConfig, x: Tensor2D, { plan }: VisionContext): Tensor2D {
  return tf.tidy(() => takeRows(mergePatches(params, config, x), plan.restore));
}

/** Patch merger: [P, hidden] to [P / mergeSize^2, outHidden]. */
function mergePatches(params: Params, config: VisionConfig, x: Tensor2D): Tensor2D {
  const normed = rmsNorm(x, param(params, 'visual.merger.ln_q.weight'), config.rmsNormEps);
  const groups = reshapeRows(normed, config.hiddenSize * config.mergeSize ** 2);
  const layer = (input: Tensor2D, key: string) =>
    linear(input, param(params, `visual.merger.mlp.${key}.weight`), param(params, `visual.merger.mlp.${key}.bias`));
  return layer(gelu(layer(groups, '0')), '2');
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

/** Rows of `width` values: row i of the result is row order[i]. */
function reorder(values: Float32Array, order: Int32Array, width: number): Float32Array {
  const result = new Float32Array(values.length);
  order.forEach((from, i) => result.set(values.subarray(from * width, (from + 1) * width), i * width));
  return result;
}
