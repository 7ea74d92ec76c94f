/** The language model: embedding, decoder layers with M-RoPE and grouped-query attention, head. One set of blocks serves training and cached inference. */
import * as tf from '@tensorflow/tfjs-core';
import { assert } from '../support/assert.ts';
import { attentionMasks, segmentAttention, type AttentionPlan } from './attention.ts';
import type { ModelConfig, TextConfig } from './config.ts';
import { embedTokens, gatherRows, placeRows, type VisualInput } from './embedding.ts';
import {
  add,
  gatedSilu,
  linear,
  product,
  rmsNorm,
  rotaryTables,
  rotate,
  withGradient,
  type RotaryTables,
} from './ops.ts';
import { embeddingName, headName, param, tableParts, type Params } from './params.ts';
import { mropeAngles } from './positions.ts';

type Tensor2D = tf.Tensor2D;

/** A right-padded batch; arrays are flat, row-major. */
export interface LanguageBatch {
  /** [B, T]; any id where padded. */
  readonly ids: Int32Array;
  /** [3, B, T] of `mropePositions` per sequence. */
  readonly positionIds: Int32Array;
  /** Real tokens of each of the B sequences, at most T. */
  readonly lengths: readonly number[];
  /** Image embeddings and the places among the B * T tokens that they fill. */
  readonly visual: VisualInput | null;
}

/** Attention between projections: rotated, scaled queries [N, heads * d], keys and values [N, kvHeads * d]. */
export type Attention = (layer: number, q: Tensor2D, k: Tensor2D, v: Tensor2D) => Tensor2D;

/** One linear layer, e.g. `model.layers.0.self_attn.q_proj`, on x [N, in]: training puts adapters and packed weights here. */
export type Project = (params: Params, name: string, x: Tensor2D) => Tensor2D;

/** The layer as the checkpoint has it: its weight and, where there is one, its bias. */
export const plainProject: Project = (params, name, x) =>
  linear(x, param(params, `${name}.weight`), params[`${name}.bias`]);

/** What all layers share. The tables are tensors, owned by the caller. */
export interface LayerContext {
  readonly rotaryQ: RotaryTables;
  readonly rotaryK: RotaryTables;
  readonly attention: Attention;
  readonly project: Project;
}

/** Hidden states [B * T, D] after the last norm; padded rows hold no meaning. Differentiable. */
export function languageHidden(params: Params, config: ModelConfig, batch: LanguageBatch): Tensor2D {
  return tf.tidy(() => {
    const table = param(params, embeddingName) as Tensor2D;
    const x = embedTokens(table, batch.ids, batch.visual);
    return decoderLayers(params, config.text, x, batch.positionIds, batchAttention(config.text, batch));
  });
}

/** Causal attention inside the rows of a batch. Its masks are tensors, owned by the caller. */
export function batchAttention(config: TextConfig, batch: Pick<LanguageBatch, 'ids' | 'lengths'>): Attention {
  const { ids, lengths } = batch;
  const width = ids.length / lengths.length;
  assert(Number.isInteger(width), `${ids.length} ids do not make ${lengths.length} rows`);
  assert(Math.max(...lengths) <= width, `a sequence is longer than the ${width} tokens of a row`);
  // Padding comes after what is real, so the causal mask alone hides it; whole rows can share one batched product.
  const isWasm = tf.getBackend() === 'wasm';
  const plan: AttentionPlan = {
    heads: config.heads,
    kvHeads: config.kvHeads,
    headDim: config.headDim,
    segments: lengths.map((length, row) => ({ start: row * width, length: isWasm ? length : width })),
    causal: true,
  };
  const masks = attentionMasks(plan);
  return (_, q, k, v) => segmentAttention(q, k, v, plan, masks);
}

/** Rotary tables of `positionIds` [3, N] and how layers attend and project. */
export function layerContext(
  config: TextConfig,
  positionIds: Int32Array,
  attention: Attention,
  project: Project = plainProject,
): LayerContext {
  const angles = mropeAngles(positionIds, config);
  return {
    rotaryQ: rotaryTables(angles, config.heads, config.headDim, config.headDim ** -0.5),
    rotaryK: rotaryTables(angles, config.kvHeads, config.headDim),
    attention,
    project,
  };
}

/** All layers and the last norm on x [N, D] at `positionIds` [3, N]. */
export function decoderLayers(
  params: Params,
  config: TextConfig,
  x: Tensor2D,
  positionIds: Int32Array,
  attention: Attention,
  project: Project = plainProject,
): Tensor2D {
  return tf.tidy(() => {
    const context = layerContext(config, positionIds, attention, project);
    let hidden = x;
    for (let layer = 0; layer < config.layers; layer++) hidden = decoderLayer(params, config, layer, hidden, context);
    return finalNorm(params, config, hidden);
  });
}

/** One layer on x [N, D]. Differentiable; frees what it makes on the way. */
export function decoderLayer(
  params: Params,
  config: TextConfig,
  layer: number,
  x: Tensor2D,
  context: LayerContext,
): Tensor2D {
  const { rotaryQ, rotaryK, attention } = context;
  const name = `model.layers.${layer}`;
  const norm = (input: Tensor2D, key: string) =>
    rmsNorm(input, param(params, `${name}.${key}.weight`), config.rmsNormEps);
  const project = (input: Tensor2D, key: string) => context.project(params, `${name}.${key}`, input);
  return tf.tidy(() => {
    const normed = norm(x, 'input_layernorm');
    const q = rotate(project(normed, 'self_attn.q_proj'), rotaryQ); // [N, heads * d]
    const k = rotate(project(normed, 'self_attn.k_proj'), rotaryK); // [N, kvHeads * d]
    const v = project(normed, 'self_attn.v_proj');
    const attended = attention(layer, q, k, v);
    const middle = add(x, project(attended, 'self_attn.o_proj'));
    const second = norm(middle, 'post_attention_layernorm');
    const inner = gatedSilu(project(second, 'mlp.gate_proj'), project(second, 'mlp.up_proj'));
    return add(middle, project(inner, 'mlp.down_proj'));
  });
}

export function finalNorm(params: Params, config: TextConfig, x: Tensor2D): Tensor2D {
  return rmsNorm(x, param(params, 'model.norm.weight'), config.rmsNormEps);
}

/** Logits [N, V] of hidden states [N, D]. Differentiable unless the table was split. */
export function headLogits(params: Params, config: ModelConfig, hidden: Tensor2D): Tensor2D {
  return tf.tidy(() => {
    const parts = tableParts(params, config.text.tied ? embeddingName : headName).map((table) =>
      tableLogits(hidden, table),
    );
    return parts.length === 1 ? parts[0]! : tf.concat(parts, 1);
  });
}

/** Up to this many rows, the wasm backend is faster without a transposed copy of the table. */
const fewRows = 32;

/** hidden tableT. For one row, and on wasm for a few, the table itself is the left operand: no copy of it is made. */
function tableLogits(hidden: Tensor2D, table: Tensor2D): Tensor2D {
  const rows = hidden.shape[0];
  const value = (): Tensor2D => {
    if (rows === 1) return tf.reshape(tf.matMul(table, tf.reshape(hidden, [-1, 1])), [1, -1]);
    if (tf.getBackend() !== 'wasm' || rows > fewRows) return product(hidden, table, false, true);
    return tf.transpose(tf.matMul(table, tf.transpose(hidden))) as Tensor2D;
  };
  return withGradient(
    [hidden, table],
    () => ({ value: value(), saved: [hidden, table] }),
    (dy, [hidden0, table0]) => [product(dy, table0 as Tensor2D), product(dy, hidden0 as Tensor2D, true, false)],
  );
}

/** Embeds `ids` for inference, also from a table in row blocks; image embeddings take their places. */
export function embedForInference(params: Params, ids: Int32Array, visual: VisualInput | null): Tensor2D {
  return tf.tidy(() => {
    const parts = tableParts(params, embeddingName);
    if (parts.length === 1) return embedTokens(parts[0]!, ids, visual);
    let x = tf.zeros<tf.Rank.R2>([ids.length, parts[0]!.shape[1]]);
    let first = 0;
    for (const part of parts) {
      const last = first + part.shape[0];
      const places = Int32Array.from(ids.keys()).filter((n) => ids[n]! >= first && ids[n]! < last);
      if (places.length > 0)
        x = placeRows(
          x,
          gatherRows(
            part,
            places.map((n) => ids[n]! - first),
          ),
          places,
        );
      first = last;
    }
    return visual ? placeRows(x, visual.embeds, visual.positions) : x;
  });
}
