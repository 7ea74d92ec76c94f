/**
 * Log-probabilities of a batch's targets, and gradients of any loss over them. By default block by block (recompute.ts),
 * otherwise on one tape.
 */
import * as tf from '@tensorflow/tfjs-core';
import { embedTokens, takeRows } from '@agentiad/core/model/embedding.ts';
import type { LayerContext, Project } from '@agentiad/core/model/language.ts';
import {
  batchAttention,
  decoderLayer,
  embedForInference,
  finalNorm,
  layerContext,
  plainProject,
} from '@agentiad/core/model/language.ts';
import { withGradient } from '@agentiad/core/model/ops.ts';
import { embeddingName, headName, param } from '@agentiad/core/model/params.ts';
import { visionBlock, visionContext, visionEmbeds, visionInput, visionOutput } from '@agentiad/core/model/vision.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import type { SftBatch } from '../sft/batch.ts';
import { headGradient, headLogProbabilities } from './head.ts';
import { denseBase, factorNames, frozenLinear, loraLinear, loraScale } from './lora.ts';
import { packedBase } from './packedMatrix.ts';
import type { Chain, Grads, Stage } from './recompute.ts';
import { backThrough, collect, runChain } from './recompute.ts';
import type { TrainingModel } from './trainingModel.ts';

type Tensor2D = tf.Tensor2D;

/**
 * A loss over the log-probabilities [N] of `batch.targets`, each given everything before it. Its own gradient must be
 * closed-form (`withGradient`): TensorFlow.js's registered gradients are not loaded.
 */
export type Objective = (logProbabilities: tf.Tensor1D) => tf.Scalar;

/** Gradient of all trained values, in the order of `TrainingModel.spans`, on the host. */
export interface FlatGradient {
  readonly values: Float32Array;
}

export interface PassOptions {
  /** Log-probabilities are those of logits / temperature; by default 1. */
  readonly temperature?: number;
}

export interface Gradients {
  readonly loss: number;
  /** [N] */
  readonly logProbabilities: Float32Array;
  readonly gradient: FlatGradient;
}

/** A type, not an interface: only types are tensor containers for `tidy`. */
export type GradientTensors = {
  readonly loss: tf.Scalar;
  readonly logProbabilities: tf.Tensor1D;
  /** By name; what had no part in the loss is missing. */
  readonly grads: Grads;
};

/** Log-probabilities of `batch.targets`. Without the adapter it is the model before training: the reference. */
export async function logProbabilities(
  model: TrainingModel,
  batch: SftBatch,
  options: PassOptions & { readonly adapter?: boolean } = {},
): Promise<Float32Array> {
  const { temperature = 1, adapter = true } = options;
  assert(adapter || model.lora, 'without an adapter there is no reference in the model');
  const result = tf.tidy(() => {
    const pass = preparePass(model, batch, temperature, adapter);
    let x = embed(pass, imageEmbeds(pass));
    for (let layer = 0; layer < model.config.text.layers; layer++) {
      const next = runLayer(pass, layer, x);
      x.dispose();
      x = next;
    }
    return headLogProbabilities(model.params, model.config, top(pass, x), batch.targets, { temperature });
  });
  const values = Float32Array.from(await result.data<'float32'>());
  result.dispose();
  return values;
}

/** Loss of `objective`, its log-probabilities and the gradient of every trained value. */
export async function gradients(
  model: TrainingModel,
  batch: SftBatch,
  objective: Objective,
  options: PassOptions = {},
): Promise<Gradients> {
  const result = gradientTensors(model, batch, objective, options);
  const loss = (await result.loss.data())[0]!;
  const values = Float32Array.from(await result.logProbabilities.data<'float32'>());
  const gradient = await readGradient(model, result.grads);
  tf.dispose(result);
  return { loss, logProbabilities: values, gradient };
}

/** The same as tensors, which are the caller's. */
export function gradientTensors(
  model: TrainingModel,
  batch: SftBatch,
  objective: Objective,
  options: PassOptions = {},
): GradientTensors {
  assert(batch.targets.length > 0, 'a batch without targets');
  return tf.tidy(() => {
    const pass = preparePass(model, batch, options.temperature ?? 1, true);
    return model.recompute ? blockByBlock(pass, objective) : wholeGraph(pass, objective);
  });
}

export function zeroGradient(model: TrainingModel): FlatGradient {
  return { values: new Float32Array(model.values.length) };
}

/** Adds `other` to `sum` in place. */
export function addGradient(sum: FlatGradient, other: FlatGradient): void {
  const { values } = other;
  for (let i = 0; i < values.length; i++) sum.values[i]! += values[i]!;
}

/** What one pass over one batch shares; its tensors belong to the tidy around it. */
interface Pass {
  readonly model: TrainingModel;
  readonly batch: SftBatch;
  readonly context: LayerContext;
  readonly temperature: number;
}

function preparePass(model: TrainingModel, batch: SftBatch, temperature: number, adapter: boolean): Pass {
  const { text } = model.config;
  const attention = batchAttention(text, batch);
  const context = layerContext(text, batch.positionIds, attention, projection(model, adapter));
  return { model, batch, context, temperature };
}

/** Linear layers as they are trained: plainly, or frozen with the adapter beside them. */
export function projection(model: TrainingModel, adapter: boolean): Project {
  const { lora } = model;
  if (!lora) return plainProject;
  const scale = loraScale(lora);
  return (params, name, x) => {
    const bias = params[`${name}.bias`];
    const packed = model.packed.get(name);
    const base = packed ? packedBase(packed, bias) : denseBase(param(params, `${name}.weight`), bias);
    const { a, b } = factorNames(name);
    if (!adapter || !params[a]) return frozenLinear(x, base);
    return loraLinear(x, base, params[a], param(params, b), scale);
  };
}

function imageEmbeds({ model, batch }: Pass): Tensor2D {
  return visionEmbeds(model.params, model.config, batch.pixelValues, batch.grids);
}

/** Input of the first block. */
function embed({ model, batch }: Pass, embeds: Tensor2D): Tensor2D {
  const visual = { embeds, positions: batch.imagePositions };
  if (model.frozen === 'base') return embedForInference(model.params, batch.ids, embeds.shape[0] > 0 ? visual : null);
  return embedTokens(param(model.params, embeddingName) as Tensor2D, batch.ids, visual);
}

function runLayer({ model, context }: Pass, layer: number, x: Tensor2D): Tensor2D {
  return decoderLayer(model.params, model.config.text, layer, x, context);
}

/** Hidden states of the trained positions, after the last norm. */
function top({ model, batch }: Pass, x: Tensor2D): Tensor2D {
  return tf.tidy(() => takeRows(finalNorm(model.params, model.config.text, x), batch.predictFrom));
}

/** The table that the head multiplies with. */
function headTable({ model }: Pass): string {
  return model.config.text.tied ? embeddingName : headName;
}

function blockByBlock(pass: Pass, objective: Objective): GradientTensors {
  const { model, batch, temperature } = pass;
  const { params, config } = model;
  const grads: Grads = {};
  const trained = (prefix: string) => model.trainable.filter((name) => name.startsWith(prefix));
  const tower = visionChain(pass, trained);
  const embeds = tower ? tower.value : imageEmbeds(pass);
  const input = embed(pass, embeds);
  const layers = Array.from({ length: config.text.layers }, (_, layer): Stage => {
    return { run: (x) => runLayer(pass, layer, x!), names: trained(`model.layers.${layer}.`) };
  });
  const body = runChain(params, [...layers, { run: (x) => top(pass, x!), names: trained('model.norm.') }], input);
  const hidden = body.value;
  const logProbabilities = headLogProbabilities(params, config, hidden, batch.targets, { temperature });
  const { loss, slope } = objectiveSlope(objective, logProbabilities);

  const table = headTable(pass);
  const isTableTrained = model.trainable.includes(table);
  const head = headGradient(params, config, hidden, batch.targets, slope, isTableTrained, { temperature });
  slope.dispose();
  collect(grads, table, head.table);
  const dInput = body.backward(head.hidden, grads)!;
  input.dispose();
  const embedding: Stage = { run: (x) => embed(pass, x ?? embeds), names: trained(embeddingName) };
  const dEmbeds = backThrough(params, embedding, tower ? embeds : null, dInput, grads);
  if (tower) tower.backward(dEmbeds!, grads);
  return { loss, logProbabilities, grads };
}

/** The tower where it is trained and there are images. */
function visionChain({ model, batch }: Pass, trained: (prefix: string) => readonly string[]): Chain | null {
  if (batch.grids.length === 0 || trained('visual.').length === 0) return null;
  const { params, config } = model;
  const { vision } = config;
  const context = visionContext(vision, batch.grids);
  const first: Stage = {
    run: () => visionInput(params, vision, batch.pixelValues, context),
    names: trained('visual.patch_embed.'),
  };
  const blocks = Array.from({ length: vision.depth }, (_, block): Stage => {
    return {
      run: (x) => visionBlock(params, vision, block, x!, context),
      names: trained(`visual.blocks.${block}.`),
    };
  });
  const last: Stage = { run: (x) => visionOutput(params, vision, x!, context), names: trained('visual.merger.') };
  return runChain(params, [first, ...blocks, last], null);
}

function objectiveSlope(objective: Objective, values: tf.Tensor1D): { loss: tf.Scalar; slope: tf.Tensor1D } {
  const { value, grads } = tf.engine().gradients(() => objective(values), [values]);
  return { loss: value as tf.Scalar, slope: grads[0] as tf.Tensor1D };
}

/** All of it on one tape: every activation is kept. */
function wholeGraph(pass: Pass, objective: Objective): GradientTensors {
  const { model, batch } = pass;
  // What is frozen stays off the tape.
  const frozenEmbeds = model.frozen === 'none' ? null : imageEmbeds(pass);
  const start = model.frozen === 'base' ? embed(pass, frozenEmbeds!) : null;
  let values: tf.Tensor1D | null = null;
  const forward = () => {
    let x = start ?? embed(pass, frozenEmbeds ?? imageEmbeds(pass));
    for (let layer = 0; layer < model.config.text.layers; layer++) x = runLayer(pass, layer, x);
    values = tf.keep(tapedHead(pass, top(pass, x), batch.targets));
    return objective(values);
  };
  const trained = model.trainable.map((name) => param(model.params, name));
  const { value, grads: found } = tf.engine().gradients(forward, trained, undefined, true);
  const grads: Grads = {};
  model.trainable.forEach((name, i) => collect(grads, name, found[i]));
  return { loss: value as tf.Scalar, logProbabilities: values!, grads };
}

function tapedHead(pass: Pass, hidden: Tensor2D, targets: Int32Array): tf.Tensor1D {
  const { model, temperature } = pass;
  const { params, config } = model;
  const table = headTable(pass);
  const isTrained = model.trainable.includes(table);
  return withGradient(
    isTrained ? [hidden, param(params, table)] : [hidden],
    () => ({ value: headLogProbabilities(params, config, hidden, targets, { temperature }), saved: [hidden] }),
    (dy, [kept]) => {
      const own = headGradient(params, config, kept as Tensor2D, targets, dy, isTrained, { temperature });
      return own.table ? [own.hidden, own.table] : [own.hidden];
    },
  );
}

async function readGradient(model: TrainingModel, grads: Readonly<Record<string, tf.Tensor>>): Promise<FlatGradient> {
  const gradient = zeroGradient(model);
  const found = model.spans.filter(({ name }) => grads[name]);
  if (tf.getBackend() === 'webgpu') {
    // One read instead of hundreds.
    const flat = tf.tidy(() => tf.concat(found.map(({ name }) => tf.reshape(grads[name]!, [-1]) as tf.Tensor1D)));
    const values = await flat.data<'float32'>();
    flat.dispose();
    let at = 0;
    for (const { from, to } of found) {
      gradient.values.set(values.subarray(at, at + to - from), from);
      at += to - from;
    }
    return gradient;
  }
  for (const { name, from } of found) gradient.values.set(await grads[name]!.data<'float32'>(), from);
  return gradient;
}
