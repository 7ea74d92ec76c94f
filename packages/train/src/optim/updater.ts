/**
 * Gradients of micro-batches added up, clipped and turned into updates of a model: where its tensors are. On webgpu
 * gradient, values and moments stay on the device; elsewhere they are arrays on the host.
 */
import * as tf from '@tensorflow/tfjs-core';
import { bindingLimitBytes } from '@agentiad/core/model/model.ts';
import { assert } from '@agentiad/core/support/assert.ts';
import { flatten } from '../nn/flatTensor.ts';
import type { FlatGradient, Objective, PassOptions } from '../nn/gradients.ts';
import { addGradient, gradients, gradientTensors } from '../nn/gradients.ts';
import type { TrainingModel } from '../nn/trainingModel.ts';
import type { SftBatch } from '../sft/batch.ts';
import type { AdamWOptions, AdamWState } from './adamw.ts';
import { clipGradient, createAdamW } from './adamw.ts';
import { createDeviceAdamW, deviceAdamWBytes, gradientNorm } from './deviceAdamW.ts';

export interface Updater {
  /** Adds the gradient of `objective` over `batch` to the waiting ones. */
  add(batch: SftBatch, objective: Objective, options?: PassOptions): Promise<Added>;
  /**
   * One update of the model from the waiting gradients, scaled down to a global norm of at most `maxNorm`; none of them
   * waits any longer. Returns the norm before; if it is not finite nothing else happens.
   */
  update(learningRate: number, maxNorm: number): Promise<number>;
  /** A copy of the moments; brings `model.values` up to date with them. */
  state(): Promise<AdamWState>;
  /** Goes on from these moments and from `model.values`. */
  restore(state: AdamWState): void;
  /** Brings `model.values` up to date and frees what it holds. */
  finish(): Promise<void>;
}

export interface Added {
  readonly loss: number;
  /** [N], of the batch's targets. */
  readonly logProbabilities: Float32Array;
}

/** On the host too where values and moments of the model do not fit one binding of the device. */
export function createUpdater(model: TrainingModel, options: AdamWOptions): Updater {
  const fits = deviceAdamWBytes(model.values.length) <= bindingLimitBytes();
  return tf.getBackend() === 'webgpu' && fits ? createDeviceUpdater(model, options) : createHostUpdater(model, options);
}

function createHostUpdater(model: TrainingModel, options: AdamWOptions): Updater {
  const optimiser = createAdamW(model.values.length, options);
  let sum: FlatGradient | null = null;
  return {
    async add(batch, objective, passOptions) {
      const { gradient, ...added } = await gradients(model, batch, objective, passOptions);
      if (sum) addGradient(sum, gradient);
      else sum = gradient;
      return added;
    },
    async update(learningRate, maxNorm) {
      assert(sum, 'an update without a gradient');
      const norm = clipGradient(sum, maxNorm);
      if (Number.isFinite(norm)) optimiser.step(model, sum, learningRate);
      sum = null;
      return norm;
    },
    state: async () => optimiser.state(),
    restore: (state) => optimiser.restore(state),
    finish: async () => {},
  };
}

function createDeviceUpdater(model: TrainingModel, options: AdamWOptions): Updater {
  const optimiser = createDeviceAdamW(model, options);
  let sum: tf.Tensor1D | null = null;
  const readValues = async () => model.values.set(await optimiser.values());
  return {
    async add(batch, objective, passOptions) {
      const { grads, ...values } = gradientTensors(model, batch, objective, passOptions);
      const own = flatten(model.spans, model.values.length, grads);
      tf.dispose(grads);
      const before: tf.Tensor1D | null = sum;
      sum = before ? tf.add(before, own) : own;
      if (before) tf.dispose([before, own]);
      const added = {
        loss: (await values.loss.data())[0]!,
        logProbabilities: Float32Array.from(await values.logProbabilities.data<'float32'>()),
      };
      tf.dispose(values);
      return added;
    },
    async update(learningRate, maxNorm) {
      assert(sum, 'an update without a gradient');
      const gradient: tf.Tensor1D = sum;
      sum = null;
      const norm = await gradientNorm(gradient);
      if (Number.isFinite(norm)) {
        optimiser.step(gradient, learningRate, norm > maxNorm ? maxNorm / norm : 1);
        model.uploadFrom(optimiser.tensor);
      }
      gradient.dispose();
      return norm;
    },
    async state() {
      await readValues();
      return optimiser.state();
    },
    restore: (state) => optimiser.restore(model.values, state),
    async finish() {
      await readValues();
      sum?.dispose();
      optimiser.dispose();
    },
  };
}
