/**
 * A model in training: its weights on the active TensorFlow.js backend, which of them are trained, and their values on the
 * host in one flat array (the master copy, which the optimiser changes). Adapters lie on the language layers only.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ProcessorConfig } from '@agentiad/core/image/processor.ts';
import type { ModelConfig } from '@agentiad/core/model/config.ts';
import { bindingLimitBytes } from '@agentiad/core/model/model.ts';
import type { Params } from '@agentiad/core/model/params.ts';
import { disposeParams, exportParam, loadParams, param, parameterShapes } from '@agentiad/core/model/params.ts';
import type { WeightSource } from '@agentiad/core/model/weightSource.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { unflatten } from './flatTensor.ts';
import type { LoraSettings } from './lora.ts';
import { initialFactors } from './lora.ts';
import type { PackedMatrix } from './packedMatrix.ts';
import { loadPackedParams } from './packedMatrix.ts';

/** What is not trained: nothing, the vision tower, or all but the adapter. */
export type Frozen = 'none' | 'vision' | 'base';

/** Where a trained tensor lies in the flat array. Shapes are those of the forward pass: linear weights [in, out]. */
export interface TrainedSpan {
  readonly name: string;
  readonly shape: readonly number[];
  readonly from: number;
  readonly to: number;
}

export interface TrainingModel {
  readonly config: ModelConfig;
  readonly processor: ProcessorConfig;
  /** All tensors by name; those of trained parameters change with `upload`. */
  readonly params: Params;
  /** Frozen language matrices kept in int4, by name without `.weight`. */
  readonly packed: ReadonlyMap<string, PackedMatrix>;
  readonly lora: LoraSettings | null;
  readonly frozen: Frozen;
  /** Names of what is trained, in flat order. */
  readonly trainable: readonly string[];
  readonly spans: readonly TrainedSpan[];
  /** Master copy of all trained values. Change it, then call `upload`. */
  readonly values: Float32Array;
  /** Recompute each block in the backward pass instead of keeping its activations. */
  readonly recompute: boolean;
  /** Puts `values` into the tensors. */
  upload(): void;
  /** Puts what lies at the start of `flat` into the tensors, on the device (webgpu); `values` are behind then. */
  uploadFrom(flat: tf.Tensor1D): void;
  /** Values of a canonical tensor in checkpoint layout; not for matrices in int4. The adapter is not merged. */
  exportParam(name: string): Promise<Float32Array>;
  dispose(): void;
}

export interface TrainingModelOptions {
  readonly config: ModelConfig;
  readonly processor: ProcessorConfig;
  readonly weights: WeightSource;
  /** With `frozen: 'base'` only. */
  readonly adapter?: LoraSettings;
  readonly frozen: Frozen;
  /** How frozen language matrices are kept. `q4` with `frozen: 'base'` only. */
  readonly base?: 'f32' | 'q4';
  /** By default true. False is faster where all activations fit. */
  readonly recompute?: boolean;
}

/** Loads the weights onto the active backend. Throws a UserError when weights are missing or damaged. */
export async function createTrainingModel(options: TrainingModelOptions): Promise<TrainingModel> {
  const { config, processor, weights, adapter = null, frozen, base = 'f32' } = options;
  assert((frozen === 'base') === (adapter !== null), 'an adapter is trained on a frozen base, and nothing else is');
  assert(base === 'f32' || frozen === 'base', 'only a frozen base can be kept in int4');
  // A trained table cannot be split.
  const maxTensorBytes = frozen === 'base' ? bindingLimitBytes() : Infinity;
  const loaded =
    base === 'q4'
      ? await loadPackedParams(config, weights, maxTensorBytes)
      : { params: await loadParams(config, weights, { maxTensorBytes }), packed: new Map<string, PackedMatrix>() };
  const params: Record<string, tf.Tensor> = { ...loaded.params };
  const factors = adapter ? initialFactors(config, adapter) : new Map<string, tf.Tensor>();
  for (const [name, tensor] of factors) params[name] = tensor;

  const trainable = trainedNames(config, Object.keys(loaded.params), frozen, [...factors.keys()]);
  const spans: TrainedSpan[] = [];
  let size = 0;
  for (const name of trainable) {
    const { shape, size: count } = param(params, name);
    spans.push({ name, shape, from: size, to: (size += count) });
  }
  const values = new Float32Array(size);
  for (const { name, from } of spans) values.set(await params[name]!.data<'float32'>(), from);

  return {
    config,
    processor,
    params,
    packed: loaded.packed,
    lora: adapter,
    frozen,
    trainable,
    spans,
    values,
    recompute: options.recompute ?? true,
    upload() {
      for (const { name, shape, from, to } of spans) {
        params[name]!.dispose();
        params[name] = tf.tensor(values.slice(from, to), shape as number[]);
      }
    },
    uploadFrom(flat) {
      for (const { name } of spans) params[name]!.dispose();
      Object.assign(params, unflatten(spans, flat));
    },
    exportParam: (name) => exportParam(config, params, name),
    dispose() {
      disposeParams(params);
      loaded.packed.forEach((matrix) => matrix.dispose());
    },
  };
}

function trainedNames(
  config: ModelConfig,
  names: readonly string[],
  frozen: Frozen,
  factors: readonly string[],
): readonly string[] {
  switch (frozen) {
    case 'base':
      return factors;
    case 'vision':
      return names.filter((name) => !name.startsWith('visual.'));
    case 'none':
      assert(names.length >= parameterShapes(config).size, 'a model without all of its parameters');
      return names;
  }
}
