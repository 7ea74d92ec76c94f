/**
 * The model's parameters: a plain object of tensors. Names are the canonical ones of `weightSource.ts` with two
 * differences that the forward pass wants: linear weights are [in, out], and the vision tower's fused `attn.qkv` is held
 * as `attn.q`, `attn.k`, `attn.v`. A table too large for one GPU binding is held in row blocks (`tableParts`).
 */
import * as tf from '@tensorflow/tfjs-core';
import { assert } from '../support/assert.ts';
import { UserError } from '../support/userError.ts';
import type { ModelConfig } from './config.ts';
import type { WeightSource } from './weightSource.ts';

export type Params = Readonly<Record<string, tf.Tensor>>;

export const embeddingName = 'model.embed_tokens.weight';
export const headName = 'lm_head.weight';

/** Every canonical tensor of a checkpoint with its shape, linear weights [out, in]. */
export function parameterShapes(config: ModelConfig): Map<string, readonly number[]> {
  const { text, vision } = config;
  const shapes = new Map<string, readonly number[]>();
  const linear = (name: string, out: number, input: number, hasBias: boolean) => {
    shapes.set(`${name}.weight`, [out, input]);
    if (hasBias) shapes.set(`${name}.bias`, [out]);
  };
  const mlp = (name: string, width: number, inner: number, hasBias: boolean) => {
    linear(`${name}.gate_proj`, inner, width, hasBias);
    linear(`${name}.up_proj`, inner, width, hasBias);
    linear(`${name}.down_proj`, width, inner, hasBias);
  };
  shapes.set(embeddingName, [text.vocabSize, text.hiddenSize]);
  for (let layer = 0; layer < text.layers; layer++) {
    const name = `model.layers.${layer}`;
    const kvSize = text.kvHeads * text.headDim;
    shapes.set(`${name}.input_layernorm.weight`, [text.hiddenSize]);
    linear(`${name}.self_attn.q_proj`, text.hiddenSize, text.hiddenSize, true);
    linear(`${name}.self_attn.k_proj`, kvSize, text.hiddenSize, true);
    linear(`${name}.self_attn.v_proj`, kvSize, text.hiddenSize, true);
    linear(`${name}.self_attn.o_proj`, text.hiddenSize, text.hiddenSize, false);
    shapes.set(`${name}.post_attention_layernorm.weight`, [text.hiddenSize]);
    mlp(`${name}.mlp`, text.hiddenSize, text.intermediateSize, false);
  }
  shapes.set('model.norm.weight', [text.hiddenSize]);
  if (!text.tied) shapes.set(headName, [text.vocabSize, text.hiddenSize]);

  const { channels, temporalPatchSize, patchSize, mergeSize } = vision;
  shapes.set('visual.patch_embed.proj.weight', [vision.hiddenSize, channels, temporalPatchSize, patchSize, patchSize]);
  for (let block = 0; block < vision.depth; block++) {
    const name = `visual.blocks.${block}`;
    shapes.set(`${name}.norm1.weight`, [vision.hiddenSize]);
    linear(`${name}.attn.qkv`, 3 * vision.hiddenSize, vision.hiddenSize, true);
    linear(`${name}.attn.proj`, vision.hiddenSize, vision.hiddenSize, true);
    shapes.set(`${name}.norm2.weight`, [vision.hiddenSize]);
    mlp(`${name}.mlp`, vision.hiddenSize, vision.intermediateSize, true);
  }
  const merged = vision.hiddenSize * mergeSize ** 2;
  shapes.set('visual.merger.ln_q.weight', [vision.hiddenSize]);
  linear('visual.merger.mlp.0', merged, merged, true);
  linear('visual.merger.mlp.2', vision.outHiddenSize, merged, true);
  return shapes;
}

/** Number of parameters. */
export function parameterCount(config: ModelConfig): number {
  return [...parameterShapes(config).values()].reduce((sum, shape) => sum + sizeOf(shape), 0);
}

/**
 * Reads every tensor that is not skipped, one at a time. Throws a UserError when one is missing or has another shape than the config says;
 * nothing stays allocated then. Free the result with `disposeParams`.
 */
export async function loadParams(
  config: ModelConfig,
  weights: WeightSource,
  options: { maxTensorBytes?: number; skip?: (name: string) => boolean } = {},
): Promise<Params> {
  const { maxTensorBytes = Infinity, skip } = options;
  const params: Record<string, tf.Tensor> = {};
  try {
    for (const [name, shape] of parameterShapes(config)) {
      if (skip?.(name)) continue;
      checkTensor(weights, name, shape);
      addParam(params, name, shape, await weights.read(name), maxTensorBytes);
    }
  } catch (error) {
    disposeParams(params);
    throw error;
  }
  return params;
}

/** Throws a UserError unless `weights` has the tensor `name` in this shape. */
export function checkTensor(
  weights: { readonly tensors: ReadonlyMap<string, { readonly shape: readonly number[] }> },
  name: string,
  shape: readonly number[],
): void {
  const info = weights.tensors.get(name);
  if (!info) throw damaged(name, 'The model has no such tensor.');
  if (info.shape.join() !== shape.join()) {
    throw damaged(name, `Its shape is [${info.shape.join(', ')}], but config.json asks for [${shape.join(', ')}].`);
  }
}

function damaged(name: string, reason: string): UserError {
  return new UserError({
    code: 'model-weights',
    subject: `tensor ${name}`,
    reason,
    remedy: 'Fetch the checkpoint again, with the config.json that belongs to it.',
  });
}

function addParam(
  params: Record<string, tf.Tensor>,
  name: string,
  shape: readonly number[],
  values: Float32Array,
  maxTensorBytes: number,
): void {
  if (name === embeddingName || name === headName) {
    const [rows, width] = shape as [number, number];
    const block = Math.min(rows, Math.floor(maxTensorBytes / (width * 4)));
    for (let start = 0, part = 0; start < rows; start += block, part++) {
      const count = Math.min(block, rows - start);
      const key = block === rows ? name : `${name}.${part}`;
      params[key] = tf.tensor2d(values.subarray(start * width, (start + count) * width), [count, width]);
    }
  } else if (shape.length === 1 && !name.includes('.qkv.')) {
    params[name] = tf.tensor1d(values);
  } else if (name.includes('.qkv.')) {
    const size = values.length / 3;
    ['q', 'k', 'v'].forEach((part, i) => {
      const own = values.subarray(i * size, (i + 1) * size);
      const key = name.replace('.qkv.', `.${part}.`);
      params[key] = shape.length === 1 ? tf.tensor1d(own) : transposed(own, shape[0]! / 3, shape[1]!);
    });
  } else {
    params[name] = transposed(values, shape[0]!, values.length / shape[0]!);
  }
}

/** [out, in] values as an [in, out] tensor. */
function transposed(values: Float32Array, out: number, input: number): tf.Tensor2D {
  return tf.tensor2d(transposeValues(values, out, input), [input, out]);
}

/** Row-major [rows, columns] to [columns, rows]. */
export function transposeValues(values: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = values[row * columns + column]!;
  }
  return result;
}

/** The row blocks of a table, in order; one unless it was split. */
export function tableParts(params: Params, name: string): tf.Tensor2D[] {
  const whole = params[name];
  if (whole) return [whole as tf.Tensor2D];
  const parts: tf.Tensor2D[] = [];
  for (let part = params[`${name}.0`]; part; part = params[`${name}.${parts.length}`]) parts.push(part as tf.Tensor2D);
  assert(parts.length > 0, `parameter ${name} is missing`);
  return parts;
}

/** A parameter that must be there. */
export function param(params: Params, name: string): tf.Tensor {
  const tensor = params[name];
  assert(tensor, `parameter ${name} is missing`);
  return tensor;
}

/** Values of one canonical tensor, back in checkpoint layout: the inverse of loading it. */
export async function exportParam(config: ModelConfig, params: Params, name: string): Promise<Float32Array> {
  const shape = parameterShapes(config).get(name);
  assert(shape, `${name} is not a tensor of this architecture`);
  const keys = name.includes('.qkv.') ? ['q', 'k', 'v'].map((part) => name.replace('.qkv.', `.${part}.`)) : [name];
  const tensors =
    name === embeddingName || name === headName ? tableParts(params, name) : keys.map((key) => param(params, key));
  const result = new Float32Array(sizeOf(shape));
  let at = 0;
  for (const tensor of tensors) {
    const values = await tensor.data<'float32'>();
    const isLinear = shape.length > 1 && name !== embeddingName && name !== headName;
    result.set(isLinear ? transposeValues(values, tensor.shape[0]!, tensor.shape[1]!) : values, at);
    at += values.length;
  }
  return result;
}

export function disposeParams(params: Params): void {
  Object.values(params).forEach((tensor) => tensor.dispose());
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, side) => size * side, 1);
}
